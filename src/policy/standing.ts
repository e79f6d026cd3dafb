/** Under which subjects a principal acts, and when: its own, and its groups' by membership (policy-semantics 2). */
import { lastsThrough, overlap, type Span, toSpan } from './interval.ts';
import type { Principal, Subject } from './rule.ts';

/** The spans in which the principal acts as each subject. */
export type Standing = ReadonlyMap<Subject, readonly Span[]>;

const always: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** A user never has the rights of `client:` subjects. The account's end ends everything a user has. */
export function standingOf(principal: Principal): Standing {
  const account = principal.kind === 'user' ? { ...always, until: principal.endsAt ?? always.until } : always;
  const own: Subject = principal.kind === 'user' ? `user:${principal.username}` : `client:${principal.clientId}`;
  const standing = new Map<Subject, Span[]>([[own, [account]]]);
  for (const membership of principal.memberships) {
    const subject: Subject = `group:${membership.group}`;
    const span = overlap(toSpan(membership), account);
    const known = standing.get(subject);
    if (known === undefined) standing.set(subject, [span]);
    else known.push(span);
  }
  return standing;
}

/** The subjects held through the whole window, each with the latest instant until which it is. */
export function lastingSubjects(standing: Standing, window: Span): ReadonlyMap<Subject, number> {
  const lasting = new Map<Subject, number>();
  for (const [subject, spans] of standing) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const span of spans) {
      if (lastsThrough(span, window)) latest = Math.max(latest, span.until);
    }
    if (latest > window.from) lasting.set(subject, latest);
  }
  return lasting;
}
