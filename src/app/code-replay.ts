/** What follows when a code was redeemed again and the chains of its grant ended: their access tokens are denied, too (RFC 6749 section 4.1.2). */
import type { EndedChain, RevocationStore } from '../artifacts/revocation-store.ts';
import type { Clock } from '../shared/clock.ts';

export function createReplayAnswer(deps: {
  readonly revocations: RevocationStore;
  readonly clock: Clock;
  /** Resolves when all tokens that any process decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}): (chains: readonly EndedChain[]) => Promise<void> {
  return async (chains) => {
    if (chains.length === 0) return;
    await deps.logged();
    for (const chain of chains) await deps.revocations.revokeComingOf(chain, deps.clock.now());
  };
}
