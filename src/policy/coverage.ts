/** What the principal's grants give on a logical path, and for how long (policy-semantics 4, steps 3 and 6). */
import { includes } from './action.ts';
import { isWithinCeiling } from './ceiling.ts';
import type { CompiledGrant } from './compiled-rules.ts';
import type { CanonicalPath } from './path.ts';
import { type Asking, counts } from './question.ts';
import type { RuleNode, Way } from './rule-tree.ts';
import { topmost } from './topmost.ts';

/** The longest-lasting grant, with its membership, and the ids of all that cover the path. */
export interface Coverage {
  readonly until: number;
  readonly longest: string;
  readonly because: readonly string[];
}

/** The grants at or above the end of the way; undefined when there is none. A grant that gives an action gives its closure too. */
export function coverageOf(asking: Asking, { line }: Way): Coverage | undefined {
  const found: Found = { until: Number.NEGATIVE_INFINITY, longest: '', because: [] };
  for (const node of line) {
    if (node.fewKeys.length > 0 || node.fewGrants === null) findAt(asking, node, found);
  }
  return found.because.length === 0 ? undefined : found;
}

interface Found {
  until: number;
  longest: string;
  readonly because: string[];
}

function findAt(asking: Asking, { grants, fewGrants, fewKeys }: RuleNode, found: Found): void {
  const { lasting, keys } = asking.question;
  if (fewGrants === null) {
    for (const [subject, held] of lasting) add(asking, grants.get(subject), held, found);
    return;
  }
  for (let index = 0; index < fewKeys.length; index++) {
    if (!keys.has(fewKeys[index] ?? 0)) continue;
    const grant = fewGrants[index];
    if (grant !== undefined) addOne(asking, grant, lasting.get(grant.subject), found);
  }
}

function add(asking: Asking, grants: readonly CompiledGrant[] | undefined, held: number, found: Found): void {
  for (const grant of grants ?? []) addOne(asking, grant, held, found);
}

function addOne(asking: Asking, grant: CompiledGrant, held: number | undefined, found: Found): void {
  if (held === undefined || !gives(asking, grant)) return;
  found.because.push(grant.id);
  const until = Math.min(grant.until, held);
  if (until <= found.until) return;
  found.until = until;
  found.longest = grant.id;
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
export function isCoveredUntil(asking: Asking, directory: CanonicalPath, way: Way, instant: number): boolean {
  const { question, action } = asking;
  const [ofClient] = question.ceilings;
  if (ofClient === undefined || !isWithinCeiling(ofClient, action, directory)) return false;
  const coverage = coverageOf(asking, way);
  return coverage !== undefined && coverage.until >= instant;
}

function gives({ action, question }: Asking, grant: CompiledGrant): boolean {
  return includes(grant.gives, action) && counts(question, grant);
}
