/** The truth that every decision is measured by: may a principal do an action on a logical path at an instant? Naive and by linear scans: for questions of operators, never for tokens (policy-semantics 3). */
import { closureOf, includes } from './action.ts';
import { type CanonicalPath, isAtOrBelow, parsePath } from './path.ts';
import type { Action, Embargo, Grant, Interval, Party, PolicyFacts, Principal, Subject } from './rule.ts';

export interface TruthQuestion {
  readonly action: Action;
  readonly path: CanonicalPath;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An embargo that closes the path to the action, and its parties that may do it all the same. */
export interface Closing {
  readonly embargo: Embargo;
  readonly admitting: readonly Party[];
}

/** The rules in force that bear on one question, whoever asks. */
export interface RulesInForce {
  readonly giving: readonly Grant[];
  readonly closing: readonly Closing[];
}

/** Why a principal may: the grants, and the party of each embargo on the way. */
export interface Truth {
  readonly allowed: boolean;
  readonly grants: readonly Grant[];
  readonly admissions: readonly { readonly embargo: Embargo; readonly party: Party }[];
}

/** The audiences of grants are not looked at: leave out beforehand those that do not count. */
export function rulesInForce(facts: Pick<PolicyFacts, 'grants' | 'embargoes'>, question: TruthQuestion): RulesInForce {
  const { action, at } = question;
  return {
    giving: facts.grants.filter((grant) => isActive(grant, at) && gives(grant, question)),
    closing: facts.embargoes
      .filter((embargo) => isActive(embargo, at) && closes(embargo, question))
      .map((embargo) => ({
        embargo,
        admitting: embargo.parties.filter((party) => isActive(party, at) && party.actions.includes(action)),
      })),
  };
}

/** Whether someone who acts as these subjects may, and by which rules. */
export function mayDo({ giving, closing }: RulesInForce, subjects: ReadonlySet<Subject>): Truth {
  const grants = giving.filter(({ subject }) => subjects.has(subject));
  const passed = closing.map(({ embargo, admitting }) => ({
    embargo,
    party: admitting.find(({ subject }) => subjects.has(subject)),
  }));
  return {
    allowed: grants.length > 0 && passed.every(({ party }) => party !== undefined),
    grants,
    admissions: passed.flatMap(({ embargo, party }) => (party ? [{ embargo, party }] : [])),
  };
}

/** The subjects as which the principal acts at the instant. An account that has ended acts as none. */
export function subjectsAt(principal: Principal, at: number): ReadonlySet<Subject> {
  if (principal.kind === 'user' && principal.endsAt !== null && at >= principal.endsAt) return new Set();
  const own: Subject = principal.kind === 'user' ? `user:${principal.username}` : `client:${principal.clientId}`;
  const groups = principal.memberships.filter((membership) => isActive(membership, at));
  return new Set([own, ...groups.map(({ group }): Subject => `group:${group}`)]);
}

/** Half-open, `null` without bound. */
export function isActive({ from, until }: Interval, at: number): boolean {
  return (from === null || from <= at) && (until === null || at < until);
}

function gives(grant: Grant, { action, path }: TruthQuestion): boolean {
  return isIn(path, grant.path, false) && includes(closureOf(grant.actions), action);
}

function closes(embargo: Embargo, { action, path }: TruthQuestion): boolean {
  // INVARIANT: as in the compiled policy, an embargo that cannot be placed closes everything.
  if (!embargo.actions.includes(action) || !isIn(path, embargo.path, true)) return false;
  return !embargo.exempt.some((open) => isIn(path, open, false));
}

/** Whether the path lies in the subtree of a rule's path as it was written. */
function isIn(path: CanonicalPath, written: string, unreadable: boolean): boolean {
  const subtree = parsePath(written);
  return subtree.ok ? isAtOrBelow(path, subtree.value) : unreadable;
}
