/** The outcome of judging one scope, and how several judgements of the same scope combine. */
import { type Reason, reasons } from './decision.ts';

export type Judgement =
  | {
      readonly allowed: true;
      /** A verifier needs the trailing slash to stay below the path. */
      readonly slash: boolean;
      /** Ids of the grants that cover the path and of the embargoes that admit the principal. */
      readonly because: readonly string[];
    }
  | { readonly allowed: false; readonly reason: Reason; readonly because: readonly string[] };

export function allow(because: readonly string[] = [], slash = false): Judgement {
  return { allowed: true, slash, because };
}

export function refuse(reason: Reason, because: readonly string[] = []): Judgement {
  return { allowed: false, reason, because };
}

/** Allowed only if all allow; of several reasons the first of the closed set's order counts. A slash that one verifier needs, all accept. */
export function allOf(judgements: readonly Judgement[]): Judgement {
  const refusals = judgements.filter((judgement) => !judgement.allowed);
  const [first] = refusals.sort((one, other) => reasons.indexOf(one.reason) - reasons.indexOf(other.reason));
  if (first !== undefined) return first;
  return allow(
    union(judgements.map(({ because }) => because)),
    judgements.some((judgement) => judgement.allowed && judgement.slash),
  );
}

/** Each id once. A list by itself has none twice, and may be a thousand long when a mover is a party of every embargo. */
export function union(lists: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...more] = lists.filter((ids) => ids.length > 0);
  return more.length === 0 ? first : [...new Set([first, ...more].flat())];
}
