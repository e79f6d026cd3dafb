/** Whose rights a chain of refresh tokens passes on, as long as everybody whom it rests on is there (policy-semantics 6). */
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import type { RefreshChain } from './refresh-token.ts';

/** A user, or a client whose token was exchanged; one of them is null. */
export interface ChainPrincipal {
  readonly account: Account | null;
  readonly subjectClient: RegisteredClient | null;
}

export interface ChainPrincipalDeps {
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** Undefined when the account, or a client of the exchange behind the chain, is gone, suspended or past its end. */
export async function findChainPrincipal(
  { accounts, snapshots, clock }: ChainPrincipalDeps,
  chain: Pick<RefreshChain, 'accountId' | 'subjectClientId' | 'originClientId'>,
): Promise<ChainPrincipal | undefined> {
  const { clients } = snapshots.current();
  if (chain.originClientId !== null && !clients.has(chain.originClientId)) return undefined;
  if (chain.subjectClientId !== null) {
    const subjectClient = clients.get(chain.subjectClientId);
    return subjectClient && { account: null, subjectClient };
  }
  const account = chain.accountId === null ? undefined : await accounts.findById(chain.accountId);
  return account && isUsable(account, clock.now()) ? { account, subjectClient: null } : undefined;
}
