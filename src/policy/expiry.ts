/** When a token ends, and the two windows that every rule is judged over (policy-semantics 4, steps 6 and 7). */
import type { PolicyRequest } from './decision.ts';
import type { Span } from './interval.ts';
import type { PolicySettings } from './rule.ts';

type Asked = Pick<PolicyRequest, 'now' | 'lifetimeSeconds'>;

/** `exp`, in milliseconds since the epoch. The caps that rules set on it (step 6) join this minimum. */
export function expiryOf({ now, lifetimeSeconds }: Asked, { maxTokenLifetimeSeconds }: PolicySettings): number {
  return now + Math.min(lifetimeSeconds, maxTokenLifetimeSeconds) * 1000;
}

/** Wmin: what counts must last through it, so that no token is too short to use. */
export function minimumWindow({ now }: Asked, { minLifetimeSeconds, guardSeconds }: PolicySettings): Span {
  return { from: now, until: now + (minLifetimeSeconds + guardSeconds) * 1000 };
}

/** All instants at which some verifier may still accept the token. */
export function tokenWindow(asked: Asked, settings: PolicySettings): Span {
  return { from: asked.now, until: expiryOf(asked, settings) + settings.guardSeconds * 1000 };
}
