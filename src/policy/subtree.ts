/** May the principal have an action on a whole logical subtree: ceiling, grants, then embargoes above and below (policy-semantics 4, steps 2 to 5). */
import { conveys } from './action.ts';
import { admits, isExempt, isInForce } from './admission.ts';
import type { CompiledEmbargo } from './compile.ts';
import { ceilingExtent, coveringGrants, isGrantedInPart } from './coverage.ts';
import type { Reason } from './decision.ts';
import { allow, type Judgement, refuse, union } from './judgement.ts';
import type { CanonicalPath } from './path.ts';
import type { Question } from './question.ts';
import type { Action } from './rule.ts';

/** As `stranger` nobody is a party: the token may be shown to storages that were not asked for. What would need narrowing is refused `partial`. */
export function judgeSubtree(question: Question, action: Action, path: CanonicalPath, stranger: boolean): Judgement {
  const ceiling = ceilingExtent(question, action, path);
  if (ceiling === 'none') return refuse('client-scope');
  const grants = coveringGrants(question, action, path);
  if (grants.length === 0) return refuse(isGrantedInPart(question, action, path) ? 'partial' : 'no-grant');
  if (ceiling === 'part') return refuse('partial');
  const embargoes = judgeEmbargoes(question, action, path, stranger);
  return embargoes.allowed ? allow(union([grants.map(({ id }) => id), embargoes.because])) : embargoes;
}

/** Every embargo in force at, above or below the path must admit the principal: one above closes it, one below is a hole in it. */
function judgeEmbargoes(question: Question, action: Action, path: CanonicalPath, stranger: boolean): Judgement {
  const needed = conveys(action);
  const inForce = (embargo: CompiledEmbargo) => isInForce(embargo, needed, question);
  const { embargoes } = question.policy;
  const around: readonly [Reason, readonly CompiledEmbargo[]][] = [
    ['embargoed', embargoes.atOrAbove(path).filter((embargo) => inForce(embargo) && !isExempt(embargo, path))],
    ['embargoed-part', embargoes.below(path).filter(inForce)],
  ];
  const admitted: string[] = [];
  for (const [reason, met] of around) {
    const refusing = met.find((embargo) => !admits(embargo, needed, question));
    if (refusing !== undefined) return refuse(reason, [refusing.id]);
    admitted.push(...met.map(({ id }) => id));
  }
  return stranger && admitted.length > 0 ? refuse('audience-required', admitted) : allow(admitted);
}
