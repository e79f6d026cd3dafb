/** Whether a chain still gives tokens to the one that was presented (W-REF-3, RFC 9700 section 4.14.2). */
import type { RegisteredClient } from '../clients/client.ts';
import type { RefreshChain } from './refresh-token.ts';

/** What a client's registration says of the life of its chains. */
export type ChainSettings = Pick<RegisteredClient, 'refreshTokenGraceSeconds' | 'refreshTokenIdleSeconds'>;

/** `reused`: the chain lives, but the token is none of those that it still serves: an older one, or a forgery. */
export type Standing = 'live' | 'revoked' | 'expired' | 'idle' | 'reused';

/** `now` in milliseconds since the epoch. */
export function standingOf(chain: RefreshChain, settings: ChainSettings, now: number): Standing {
  if (chain.revoked) return 'revoked';
  if (chain.expiresAt <= now) return 'expired';
  if (isIdle(chain, settings, now)) return 'idle';
  return chain.current || isInGrace(chain, settings, now) ? 'live' : 'reused';
}

function isIdle({ lastUsedAt }: RefreshChain, { refreshTokenIdleSeconds: seconds }: ChainSettings, now: number) {
  return seconds !== null && lastUsedAt + seconds * 1000 <= now;
}

function isInGrace({ replaced, rotatedAt }: RefreshChain, settings: ChainSettings, now: number): boolean {
  if (replaced === null) return false;
  return now < ('until' in replaced ? replaced.until : graceEnd(rotatedAt, settings));
}

/** When the grace of a token ends that was replaced at an instant; both in milliseconds since the epoch. */
export function graceEnd(rotatedAt: number, { refreshTokenGraceSeconds }: ChainSettings): number {
  return rotatedAt + refreshTokenGraceSeconds * 1000;
}
