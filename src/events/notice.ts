/** Which event the end of an embargo calls for at an instant: notices 30 and 7 days before, the release itself (policy-semantics, section 7). */

export type Notice = 'ending-30' | 'ending-7' | 'released';

const day = 86_400_000;

/** From the last to the first: what comes later makes the earlier ones pointless. */
const schedule: readonly { readonly notice: Notice; readonly daysBefore: number }[] = [
  { notice: 'released', daysBefore: 0 },
  { notice: 'ending-7', daysBefore: 7 },
  { notice: 'ending-30', daysBefore: 30 },
];

/** So long before its end an embargo needs no look. */
export const longestNoticeMilliseconds = 30 * day;

/**
 * The one notice to give now, or null. After a time without a look only the last that is due is given: nobody wants to
 * read that something ends soon when it has ended. All instants are ms since the epoch.
 */
export function findDueNotice(endsAt: number, now: number, given: readonly Notice[]): Notice | null {
  const due = schedule.find(({ daysBefore }) => now >= endsAt - daysBefore * day);
  return due === undefined || given.includes(due.notice) ? null : due.notice;
}

/** 30 or 7; 0 for the release. */
export function daysBefore(notice: Notice): number {
  return schedule.find((entry) => entry.notice === notice)?.daysBefore ?? 0;
}

/** Whom an end concerns: the subjects of parties that are admitted up to now, each once. */
export function findConcerned(
  parties: readonly { readonly subject: string; readonly until?: string | null }[],
  now: number,
): readonly string[] {
  const present = parties.filter(({ until }) => typeof until !== 'string' || Date.parse(until) > now);
  return [...new Set(present.map(({ subject }) => subject))];
}
