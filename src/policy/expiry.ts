/** When a token ends, and the window through which everything that counts must last (policy-semantics 4, steps 6 and 7). */
import type { Cap, PolicyRequest } from './decision.ts';
import type { Span } from './interval.ts';
import type { PolicySettings } from './rule.ts';

type Asked = Pick<PolicyRequest, 'now' | 'lifetimeSeconds' | 'expiresAtMost'>;

/** The end of a token that no rule shortens: lifetime of client and audience, the settings' longest, the bound of the flow. */
export function longestLife({ now, lifetimeSeconds, expiresAtMost }: Asked, settings: PolicySettings): Cap {
  const at = now + Math.min(lifetimeSeconds, settings.maxTokenLifetimeSeconds) * 1000;
  const lifetime: Cap = { at, kind: 'lifetime', rule: null };
  return tightened(lifetime, expiresAtMost ?? at, 'flow', null);
}

/** Wmin: what counts must last through it, so that no token is too short to use. */
export function minimumWindow({ now }: Asked, { minLifetimeSeconds, guardSeconds }: PolicySettings): Span {
  return { from: now, until: now + (minLifetimeSeconds + guardSeconds) * 1000 };
}

/** The earlier of the cap and the instant. */
export function tightened(cap: Cap, at: number, kind: Cap['kind'], rule: string | null): Cap {
  return at < cap.at ? { at, kind, rule } : cap;
}

export function earlier(one: Cap, other: Cap): Cap {
  return other.at < one.at ? other : one;
}

/** Dates in tokens are whole seconds; a cap inside a second ends the token before it. */
export function wholeSecond(cap: Cap): Cap {
  return cap.at % 1000 === 0 ? cap : { ...cap, at: cap.at - (cap.at % 1000) };
}
