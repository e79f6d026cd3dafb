/** Which refresh token a refresh gives: a successor, the same successor again, or the same token (W-REF-3; RFC 9700 section 2.2.2). */
import type { RegisteredClient } from '../clients/client.ts';
import { makeNonce, successorOf } from './refresh-family.ts';
import { graceEnd, standingOf } from './refresh-standing.ts';
import type { RefreshChain, RefreshTokenStore, TokenInGrace } from './refresh-token.ts';

type Settings = Pick<
  RegisteredClient,
  | 'refreshTokens'
  | 'refreshTokenRotateBelow'
  | 'refreshTokenGraceSeconds'
  | 'refreshTokenIdleSeconds'
  | 'tokenEndpointAuthMethod'
>;

/** Tokens in grace beside the previous one; with so many the present one stays until some are out of it. */
export const mostInGrace = 64;

/** Without an idle limit the last use only informs, so that a busy multi-use token need not write each time. */
const touchMilliseconds = 60_000;

/** For a chain that is live for the presented token. Undefined: it ended in between. `now` in milliseconds since the epoch. */
export async function nextToken(
  store: RefreshTokenStore,
  chain: RefreshChain,
  presented: string,
  settings: Settings,
  now: number,
): Promise<string | undefined> {
  if (chain.replaced !== null) {
    return (await touch(store, chain, settings, now)) ? successorOf(presented, chain.replaced.nonce) : undefined;
  }
  const inGrace = stillInGrace(chain, settings, now);
  if (!isDue(chain, settings, now) || inGrace.length >= mostInGrace) {
    return (await touch(store, chain, settings, now)) ? presented : undefined;
  }
  const nonce = makeNonce();
  const to = successorOf(presented, nonce);
  if (await store.rotate(chain.id, { from: presented, to, nonce, inGrace }, now)) return to;
  return successorOfAnother(store, presented, settings, now);
}

/** Somebody was faster with the same token: what they got is what this one gets. */
async function successorOfAnother(
  store: RefreshTokenStore,
  presented: string,
  settings: Settings,
  now: number,
): Promise<string | undefined> {
  const chain = await store.find(presented);
  const isLive = chain !== undefined && standingOf(chain, settings, now) === 'live';
  return isLive && chain.replaced !== null ? successorOf(presented, chain.replaced.nonce) : undefined;
}

function isDue(chain: RefreshChain, settings: Settings, now: number): boolean {
  // RFC 9700 section 2.2.2: where neither the client nor a key is proved, a token that comes twice is the only sign of theft.
  if (settings.tokenEndpointAuthMethod === 'none' && !chain.payload.confirmation) return true;
  if (settings.refreshTokens === 'multi-use') return false;
  const { refreshTokenRotateBelow: below } = settings;
  const left = (chain.expiresAt - now) / (chain.expiresAt - chain.createdAt);
  return below >= 1 || left < below;
}

/** The older tokens whose grace lasts on once the present one is replaced; the previous one becomes one of them. */
function stillInGrace({ previous, rotatedAt, inGrace }: RefreshChain, settings: Settings, now: number): TokenInGrace[] {
  const all = previous === null ? inGrace : [...inGrace, { ...previous, until: graceEnd(rotatedAt, settings) }];
  return all.filter(({ until }) => now < until);
}

async function touch(store: RefreshTokenStore, chain: RefreshChain, settings: Settings, now: number): Promise<boolean> {
  const every = settings.refreshTokenIdleSeconds === null ? touchMilliseconds : 1000;
  return now - chain.lastUsedAt < every || store.touch(chain.id, now);
}
