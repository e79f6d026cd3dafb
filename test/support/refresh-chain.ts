/** Chains of refresh tokens as a login through the portal leaves them, without the login. */
import type { Database } from '../../src/storage/database.ts';
import { createRefreshTokenStore } from '../../src/storage/refresh-tokens.ts';

export interface ChainInput {
  readonly token: string;
  readonly accountId: string;
  /** The ceiling, and under which audiences it was asked; none by default. */
  readonly scope: string;
  readonly audiences?: readonly string[];
}

/** Lives for a day from `now`, in milliseconds since the epoch. */
export async function insertRefreshChain(
  db: Database,
  now: number,
  { token, accountId, scope, audiences = [] }: ChainInput,
): Promise<void> {
  await createRefreshTokenStore(db).insert({
    token,
    id: crypto.randomUUID(),
    clientId: 'portal',
    accountId,
    grantId: token,
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
      act: null,
    },
    subjectClientId: null,
    originClientId: null,
    createdAt: now,
    expiresAt: now + 86_400_000,
  });
}

export async function isChainRevoked(db: Database, token: string): Promise<boolean | undefined> {
  return (await createRefreshTokenStore(db).find(token))?.revoked;
}
