/** Chains of refresh tokens as a login through the portal leaves them, without the login. */
import type { Database } from '../../src/storage/database.ts';
import { createRefreshTokenStore } from '../../src/storage/refresh-tokens.ts';
import type { ActClaim } from '../../src/tokens/claims.ts';

export interface ChainInput {
  readonly token: string;
  readonly accountId: string | null;
  /** The ceiling, and under which audiences it was asked; none by default. */
  readonly scope: string;
  readonly audiences?: readonly string[];
  /** `portal` by default. */
  readonly clientId?: string;
  /** Seconds; a day by default. */
  readonly life?: number;
  /** Of a chain that was exchanged. */
  readonly subjectClientId?: string;
  readonly originClientId?: string;
  readonly act?: ActClaim;
}

/** Begins at `now`, in milliseconds since the epoch. */
export async function insertRefreshChain(
  db: Database,
  now: number,
  { token, accountId, scope, audiences = [], clientId = 'portal', life = 86_400, ...exchanged }: ChainInput,
): Promise<void> {
  await createRefreshTokenStore(db).insert({
    token,
    id: crypto.randomUUID(),
    clientId,
    accountId,
    grantId: crypto.randomUUID(),
    payload: {
      scope,
      audiences,
      acr: null,
      amr: [],
      authTime: null,
      nonce: null,
      sid: null,
      claims: null,
      flow: 'authorization_code',
      act: exchanged.act ?? null,
    },
    subjectClientId: exchanged.subjectClientId ?? null,
    originClientId: exchanged.originClientId ?? null,
    createdAt: now,
    expiresAt: now + life * 1000,
  });
}

export async function isChainRevoked(db: Database, token: string): Promise<boolean | undefined> {
  return (await createRefreshTokenStore(db).find(token))?.revoked;
}
