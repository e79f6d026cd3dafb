/** The life of an embargo: draft, active, released or withdrawn, and no way back (policy-semantics 7). */
import type { EmbargoRecord, EmbargoState } from '../lake/records.ts';

/** Where an embargo stands at an instant; `scheduled` is active with `from` ahead. */
export type Phase = 'draft' | 'scheduled' | 'active' | 'released' | 'withdrawn';

/** Nothing runs at a release: an active embargo whose end has come is released. */
export function phaseOf({ state, from, until, hardLimit }: EmbargoRecord, now: number): Phase {
  if (state !== 'active') return state;
  const end = until ?? hardLimit;
  if (end !== null && Date.parse(end) <= now) return 'released';
  return from !== null && Date.parse(from) > now ? 'scheduled' : 'active';
}

/** Whether a state may follow another; staying is not a change. */
export function mayBecome(from: EmbargoState, to: EmbargoState): boolean {
  return next[from].includes(to);
}

const next: Readonly<Record<EmbargoState, readonly EmbargoState[]>> = {
  draft: ['active', 'withdrawn'],
  active: ['released', 'withdrawn'],
  released: [],
  withdrawn: [],
};
