/** One logical subtree in the naive model: ceilings, coverage, closed and holed roots, expansion, caps (policy-semantics 4, steps 2 to 6). */
import type { Reason } from '../../../src/policy/decision.ts';
import type { Action, Embargo, PolicyMode } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';
import {
  type Ask,
  admission,
  clientPaths,
  concerns,
  coveredUntil,
  gatesFor,
  grantsFor,
  guard,
  isActive,
  isFuture,
  isUnder,
  isWithheld,
  type Viewer,
} from './facts.ts';
import { isBelow, join, split, topmost } from './paths.ts';

/** Over this many paths an expansion drops its root. */
export const scopeLimit = 50;

export interface Subtree {
  /** Logical paths that are granted, open and whole. */
  readonly paths: readonly string[];
  /** One word for each part that is left out. */
  readonly words: readonly Reason[];
}

/** The logical paths of the flow's ceiling for an action; null: the flow has none. */
export type FlowPaths = ((action: Action) => readonly string[]) | null;

export interface SubtreeAsk extends Viewer {
  readonly action: Action;
  readonly path: string;
  readonly mode: PolicyMode;
  readonly flow: FlowPaths;
}

export function resolveSubtree(ask: Ask, asked: SubtreeAsk): Subtree {
  const { action, path, mode } = asked;
  const ofClient = within([path], clientPaths(ask, action));
  if (ofClient.length === 0) return { paths: [], words: ['client-scope'] };
  const ofFlow = asked.flow === null ? ofClient : within(ofClient, asked.flow(action));
  const parts = ofFlow.filter((part) => asked.flow === null || !isWithheld(ask, action, part));
  if (parts.length === 0) return { paths: [], words: ['ceiling'] };
  const rooted = parts.map((part) =>
    within(
      [part],
      grantsFor(ask, action).map((grant) => grant.path),
    ),
  );
  const roots = rooted.flat();
  const found = roots.map((root) => resolveRoot(ask, asked, root));
  const narrowed = {
    paths: topmost(found.flatMap(({ paths }) => paths)),
    words: [
      ...rooted.flatMap((one): Reason[] => (one.length === 0 ? ['no-grant'] : [])),
      ...found.flatMap(({ words }) => words),
    ],
  };
  const isWhole = roots.length === 1 && roots[0] === path;
  if (mode !== 'strict' || isWhole) return narrowed;
  return { paths: [], words: narrowed.paths.length > 0 ? ['partial'] : ['partial', ...narrowed.words] };
}

/** Each path itself where an extent covers it, else the topmost extents below it. */
export function within(paths: readonly string[], extents: readonly string[]): string[] {
  return topmost(
    paths.flatMap((path) =>
      extents.some((extent) => isWithin(path, extent))
        ? [path]
        : topmost(extents.filter((extent) => isBelow(extent, path))),
    ),
  );
}

function resolveRoot(ask: Ask, { action, mode, stranger }: SubtreeAsk, root: string): Subtree {
  const state = stateOf(ask, action, root, { stranger });
  if (state === null) return { paths: [root], words: [] };
  // 2.3: whom its gates would admit needs an audience, else the word is that of the gate that closes to parties too.
  const word = stranger ? (stateOf(ask, action, root, { stranger: false }) ?? 'audience-required') : state;
  if (mode !== 'expand') return { paths: [], words: [word] };
  const paths = expansion(ask, action, root, { stranger });
  if (paths.length > scopeLimit) return { paths: [], words: ['too-many'] };
  return { paths, words: [word] };
}

/** Closed, with a hole, or null: open and whole. */
export function stateOf(ask: Ask, action: Action, path: string, viewer: Viewer): 'embargoed' | 'embargoed-part' | null {
  const closing = gatesFor(ask, action).filter(
    (gate) => isActive(ask, gate) && admission(ask, gate, action, viewer) === null,
  );
  if (closing.some((gate) => isUnder(gate, path))) return 'embargoed';
  return closing.some((gate) => isBelow(gate.path, path)) ? 'embargoed-part' : null;
}

/** The largest registered paths strictly below that are open and whole. */
function expansion(ask: Ask, action: Action, root: string, viewer: Viewer): string[] {
  return topmost(registered(ask).filter((path) => isBelow(path, root) && stateOf(ask, action, path, viewer) === null));
}

/** Every path of a grant, gate, exempt list or the catalogue, and their parents. */
function registered({ facts }: Ask): string[] {
  const named = [
    ...facts.grants.map(({ path }) => path),
    ...facts.embargoes.flatMap(({ path, exempt }) => [path, ...exempt]),
    ...facts.namespace,
  ];
  return [...new Set(named.flatMap((path) => split(path).map((_, index, all) => join(all.slice(0, index + 1)))))];
}

/** Step 6. */
export function capOf(ask: Ask, action: Action, path: string, viewer: Viewer): number {
  const gates = gatesFor(ask, action).filter((gate) => concerns(gate, path));
  return Math.min(
    (coveredUntil(ask, action, path) ?? Number.NEGATIVE_INFINITY) - guard(ask),
    ...gates.map((gate) => capByGate(ask, action, gate, viewer)),
  );
}

function capByGate(ask: Ask, action: Action, gate: Embargo, viewer: Viewer): number {
  if (!isActive(ask, gate) && !isFuture(ask, gate)) return Number.POSITIVE_INFINITY;
  const begins = gate.from ?? Number.NEGATIVE_INFINITY;
  const admitted = admission(ask, gate, action, viewer);
  // Who is admitted now but no more when a future gate begins does not pass it.
  if (admitted === null || (isFuture(ask, gate) && admitted.until <= begins)) {
    return isFuture(ask, gate) ? begins - guard(ask) : Number.POSITIVE_INFINITY;
  }
  const isToItsEnd = admitted.until >= (gate.until ?? Number.POSITIVE_INFINITY);
  return Math.min(
    isToItsEnd ? Number.POSITIVE_INFINITY : admitted.until - guard(ask),
    lifetimeCap(ask, action, gate, viewer),
  );
}

/** The longest token under a gate that is active and admits. */
export function lifetimeCap(ask: Ask, action: Action, gate: Embargo, viewer: Viewer): number {
  const admitted = admission(ask, gate, action, viewer);
  if (admitted === null || !isActive(ask, gate)) return Number.POSITIVE_INFINITY;
  return ask.request.now + admitted.lifetimeSeconds * 1000;
}
