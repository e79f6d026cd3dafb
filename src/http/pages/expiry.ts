/** Until when a token would be good, in words: an absolute date in UTC, and what makes it shorter than usual (policy-semantics 4, steps 6 and 7). */
import type { Decision } from '../../policy/decision.ts';
import { capSentences } from './texts.ts';

export interface Expiry {
  /** ISO 8601, for the `datetime` of `<time>`. */
  readonly instant: string;
  /** For example `22 November 2026, 12:20 UTC`; a minute that has begun does not count. */
  readonly text: string;
  /** Null for the usual lifetime. */
  readonly reason: string | null;
}

/** Null when nothing would be issued. */
export function expiryOf({ expiresAt, cappedBy }: Pick<Decision, 'expiresAt' | 'cappedBy'>): Expiry | null {
  if (expiresAt === null) return null;
  return {
    instant: new Date(expiresAt).toISOString(),
    text: utcText(expiresAt),
    reason: cappedBy === null ? null : capSentences[cappedBy.kind](cappedBy.rule),
  };
}

const utc = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function utcText(instant: number): string {
  const parts = Object.fromEntries(utc.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.day} ${parts.month} ${parts.year}, ${parts.hour}:${parts.minute} UTC`;
}
