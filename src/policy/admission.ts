/** Whom an embargo admits: judged action by action, over the minimum window or at every instant of a longer one (policy-semantics 2 and 4, step 4). */
import { type ActionSet, actionSet, membersOf } from './action.ts';
import type { CompiledEmbargo } from './compile.ts';
import { coverTogether, lastsThrough, overlap, type Span, touches } from './interval.ts';
import { type CanonicalPath, isAtOrBelow } from './path.ts';
import type { Question } from './question.ts';

/** Whether the path lies in a part that the embargo leaves open. */
export function isExempt({ exempt }: CompiledEmbargo, path: CanonicalPath): boolean {
  return exempt.some((open) => isAtOrBelow(path, open));
}

/** Whether the embargo is active somewhere in the minimum window and closes one of the actions. */
export function isInForce(embargo: CompiledEmbargo, needed: ActionSet, { minimum }: Question): boolean {
  return (embargo.closes & needed) !== 0 && touches(embargo, minimum);
}

/** Whether parties that last through the minimum window admit the principal for all the needed actions that the embargo closes. */
export function admits(embargo: CompiledEmbargo, needed: ActionSet, { minimum, lasting }: Question): boolean {
  let missing = embargo.closes & needed;
  for (const party of embargo.parties) {
    if (missing === 0) break;
    if (lasting.has(party.subject) && lastsThrough(party, minimum)) missing &= ~party.actions;
  }
  return missing === 0;
}

/** Whether the embargo is closed to the principal at some instant of the token's life; to a stranger, who is no party, whenever it is active. */
export function closesDuringLife(
  embargo: CompiledEmbargo,
  needed: ActionSet,
  question: Question,
  stranger: boolean,
): boolean {
  const closed = embargo.closes & needed;
  if (closed === 0 || !touches(embargo, question.tokenLife)) return false;
  if (stranger) return true;
  const active = overlap(embargo, question.tokenLife);
  return !membersOf(closed).every((action) => {
    const admissions = embargo.parties
      .filter((party) => (party.actions & actionSet([action])) !== 0)
      .flatMap((party) => (question.standing.get(party.subject) ?? []).map((span: Span) => overlap(span, party)));
    return coverTogether(admissions, active);
  });
}
