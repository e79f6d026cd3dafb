/** What the principal's grants give on a logical path, and for how long (policy-semantics 4, steps 3 and 6). */
import { includes } from './action.ts';
import { withinCeiling } from './ceiling.ts';
import type { CompiledGrant } from './compile.ts';
import type { CanonicalPath } from './path.ts';
import { type Asking, counts } from './question.ts';
import { findWay, type Way } from './rule-tree.ts';
import { topmost } from './topmost.ts';

/** The longest-lasting grant, with its membership, and the ids of all that cover the path. */
export interface Coverage {
  readonly until: number;
  readonly longest: string;
  readonly because: readonly string[];
}

/** The grants at or above the end of the way; undefined when there is none. A grant that gives an action gives its closure too. */
export function coverageOf(asking: Asking, { line }: Way): Coverage | undefined {
  const because: string[] = [];
  let best: Omit<Coverage, 'because'> = { until: Number.NEGATIVE_INFINITY, longest: '' };
  for (const { grants } of line) {
    if (grants.size === 0) continue;
    for (const [subject, held] of asking.question.lasting) {
      const ofSubject = grants.get(subject);
      if (ofSubject !== undefined) best = longestOf(asking, ofSubject, held, best, because);
    }
  }
  return because.length === 0 ? undefined : { ...best, because };
}

/** The longer-lasting of `best` and those of the grants that give the action; their ids are added to `because`. */
function longestOf(
  asking: Asking,
  grants: readonly CompiledGrant[],
  held: number,
  best: Omit<Coverage, 'because'>,
  because: string[],
): Omit<Coverage, 'because'> {
  let longest = best;
  for (const grant of grants) {
    if (!gives(asking, grant)) continue;
    because.push(grant.id);
    const until = Math.min(grant.until, held);
    if (until > longest.until) longest = { until, longest: grant.id };
  }
  return longest;
}

/** The topmost granted paths strictly below the end of the way, sorted. */
export function grantedBelow(asking: Asking, { end }: Way): readonly CanonicalPath[] {
  if (end === undefined || end.grantsBelow.size === 0) return [];
  const paths: CanonicalPath[] = [];
  for (const subject of asking.question.lasting.keys()) {
    for (const grant of end.grantsBelow.get(subject) ?? []) {
      if (gives(asking, grant)) paths.push(grant.path);
    }
  }
  return topmost(paths);
}

/** Whether the client may ask for all of the directory, and one grant with its membership covers it until the instant. */
export function isCoveredUntil(asking: Asking, directory: CanonicalPath, instant: number): boolean {
  const { question, action } = asking;
  const [ofClient] = question.ceilings;
  if (ofClient === undefined || withinCeiling(ofClient, action, directory)[0] !== directory) return false;
  const coverage = coverageOf(asking, findWay(question.policy.rules, directory));
  return coverage !== undefined && coverage.until >= instant;
}

function gives({ action, question }: Asking, grant: CompiledGrant): boolean {
  return includes(grant.gives, action) && counts(question, grant);
}
