/** Under which subjects a principal acts, and when: its own, and its groups' by membership (policy-semantics 2). */
import { overlap, type Span, toSpan } from './interval.ts';
import type { Principal, Subject } from './rule.ts';

/** The spans in which the principal acts as each subject. */
export type Standing = ReadonlyMap<Subject, readonly Span[]>;

const always: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };

/** A user never has the rights of `client:` subjects. */
export function standingOf(principal: Principal): Standing {
  const account = { ...always, until: accountEnd(principal) };
  const standing = new Map<Subject, Span[]>([[ownSubject(principal), [account]]]);
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
export function lastingSubjects(principal: Principal, window: Span): ReadonlyMap<Subject, number> {
  const end = accountEnd(principal);
  const lasting = new Map<Subject, number>();
  if (end < window.until) return lasting;
  lasting.set(ownSubject(principal), end);
  for (const { group, from, until } of principal.memberships) {
    const last = Math.min(until ?? always.until, end);
    if (last < window.until || (from !== null && from > window.from)) continue;
    const subject: Subject = `group:${group}`;
    lasting.set(subject, Math.max(last, lasting.get(subject) ?? last));
  }
  return lasting;
}

/** A number by which most subjects are told apart without a comparison of texts. */
export function subjectKey(subject: Subject): number {
  let key = 0;
  for (let index = 0; index < subject.length; index++)
    key = (Math.imul(key, 31) + subject.charCodeAt(index)) & 0x3fffffff;
  return key;
}

function ownSubject(principal: Principal): Subject {
  return principal.kind === 'user' ? `user:${principal.username}` : `client:${principal.clientId}`;
}

/** The account's end ends everything a user has. */
function accountEnd(principal: Principal): number {
  return principal.kind === 'user' ? (principal.endsAt ?? always.until) : always.until;
}
