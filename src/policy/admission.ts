/** Whom an embargo admits, and for how long: judged action by action, over the minimum window or at every instant of a longer one (policy-semantics 2 and 4, steps 4 and 6). */
import { type ActionSet, actionSet, includes, membersOf } from './action.ts';
import type { CompiledEmbargo } from './compiled-rules.ts';
import { coverTogether, lastsThrough, overlap, type Span, touches } from './interval.ts';
import { type CanonicalPath, isAtOrBelow } from './path.ts';
import type { Question } from './question.ts';

/** For all the needed actions together. */
export interface Admission {
  /** The end of the longest-lasting admission. */
  readonly until: number;
  /** The longest token under the embargo, in milliseconds. */
  readonly tokenLife: number;
}

/** Whether the path lies in a part that the embargo leaves open. */
export function isExempt({ exempt }: CompiledEmbargo, path: CanonicalPath): boolean {
  return exempt.some((open) => isAtOrBelow(path, open));
}

/** Whether the embargo is active somewhere in the minimum window. */
export function isInForce(embargo: CompiledEmbargo, { minimum }: Question): boolean {
  return touches(embargo, minimum);
}

/** By parties that last through the minimum window; undefined unless they admit the principal for all the needed actions that the embargo closes. */
export function admissionTo(
  embargo: CompiledEmbargo,
  needed: ActionSet,
  { minimum, lasting }: Question,
): Admission | undefined {
  let until = Number.POSITIVE_INFINITY;
  let tokenLife = Number.POSITIVE_INFINITY;
  for (const action of membersOf(embargo.closes & needed)) {
    let latest = Number.NEGATIVE_INFINITY;
    let longest = Number.NEGATIVE_INFINITY;
    for (const party of embargo.parties) {
      if (!includes(party.actions, action) || !lastsThrough(party, minimum)) continue;
      const held = lasting.get(party.subject);
      if (held === undefined) continue;
      latest = Math.max(latest, Math.min(party.until, held));
      longest = Math.max(longest, party.tokenLife);
    }
    if (latest === Number.NEGATIVE_INFINITY) return undefined;
    until = Math.min(until, latest);
    tokenLife = Math.min(tokenLife, longest);
  }
  return { until, tokenLife };
}

/** Whether the embargo is closed to the principal at some instant of the span; to a stranger, who is no party, whenever it is active. */
export function closesDuring(
  embargo: CompiledEmbargo,
  needed: ActionSet,
  span: Span,
  { standing }: Question,
  stranger: boolean,
): boolean {
  const closed = embargo.closes & needed;
  if (closed === 0 || !touches(embargo, span)) return false;
  if (stranger) return true;
  const active = overlap(embargo, span);
  const held = standing();
  return !membersOf(closed).every((action) => {
    const admissions = embargo.parties
      .filter((party) => (party.actions & actionSet([action])) !== 0)
      .flatMap((party) => (held.get(party.subject) ?? []).map((mine: Span) => overlap(mine, party)));
    return coverTogether(admissions, active);
  });
}
