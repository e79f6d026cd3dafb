/** The protocol library's storage interface over our artifact and refresh-token stores. */
import Provider, { type Adapter, type AdapterPayload, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { type ArtifactStore, isStoredForm } from '../artifacts/artifact-store.ts';
import type { RefreshChain, RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { EndedChain, IssuedAccessToken } from '../artifacts/revocation-store.ts';
import type { Clock } from '../shared/clock.ts';
import { defaultRefreshTokenSeconds } from '../tokens/lifetime.ts';
import type { LoggedInAccount } from './account.ts';
import { decodeAudiences, encodeAudiences } from './audience-parameter.ts';
import { issuedToken } from './issued.ts';
import { keepChain, keepUse } from './redemption.ts';

export interface AdapterDeps {
  readonly artifacts: ArtifactStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly clock: Clock;
  /** A code was redeemed again: the chains of its grant that ended, and the grant itself in the place of one. */
  readonly onCodeReplay: (chains: readonly EndedChain[]) => Promise<void>;
}

/** One adapter per model; clients come from memory (`provider/clients.ts`) and never through here. */
export function createAdapterFactory(deps: AdapterDeps): (model: string) => Adapter {
  return (model) => {
    if (model === 'RefreshToken') return refreshTokenAdapter(deps);
    return model === 'AccessToken' ? accessTokenAdapter(deps) : artifactAdapter(model, deps);
  };
}

function artifactAdapter(model: string, { artifacts, clock }: AdapterDeps): Adapter {
  const expiry = (expiresIn: number | undefined) => (expiresIn ? clock.now() + expiresIn * 1000 : null);
  return {
    upsert: async (id, payload, expiresIn) => {
      if (model !== 'ReplayDetection') return artifacts.upsert(model, id, { ...payload }, expiry(expiresIn));
      // The library looks first and writes then; only the write can tell which of two came first.
      const first = await artifacts.insert(model, id, { ...payload }, expiry(expiresIn));
      if (!first) throw new errors.InvalidRequest('assertion was used before');
    },
    find: async (id) => (isForged(id) ? undefined : ((await artifacts.find(model, id)) as AdapterPayload | undefined)),
    findByUid: async (uid) => (await artifacts.findByUid(model, uid)) as AdapterPayload | undefined,
    findByUserCode: async (code) => (await artifacts.findByUserCode(model, code)) as AdapterPayload | undefined,
    consume: async (id) => {
      if (keepUse(model, id)) return;
      // One conditional write decides a race: of several redemptions of one code a single one wins.
      if (!(await artifacts.consume(model, id, clock.now()))) throw new errors.InvalidGrant('used before');
    },
    destroy: (id) => artifacts.destroy(model, id),
    revokeByGrantId: (grantId) => artifacts.revokeByGrant(model, grantId),
  };
}

/** Access tokens are in the issue log only; what a code gave stands there under the id of its grant. */
function accessTokenAdapter(deps: AdapterDeps): Adapter {
  return {
    ...artifactAdapter('AccessToken', deps),
    revokeByGrantId: async (grantId) => {
      if (isTokenRequest()) await deps.onCodeReplay([{ chainId: grantId, first: null }]);
    },
  };
}

/**
 * A row found by its user code is known by its hash from then on, for our own use. At the token endpoint an identifier of
 * that form was read from a copy of the database, and redeems nothing.
 */
function isForged(id: string): boolean {
  return isStoredForm(id) && isTokenRequest();
}

function isTokenRequest(): boolean {
  return (Provider.ctx as KoaContextWithOIDC | undefined)?.oidc.route === 'token';
}

/** Refresh tokens live in chains of their own; the library writes the first token of a chain and revokes by grant. */
function refreshTokenAdapter({ refreshTokens, clock, onCodeReplay }: AdapterDeps): Adapter {
  return {
    upsert: async (token, payload, expiresIn) => {
      const now = clock.now();
      const chain = {
        id: crypto.randomUUID(),
        token,
        clientId: String(payload.clientId),
        accountId: String(payload.accountId),
        grantId: String(payload.grantId),
        createdAt: now,
        expiresAt: now + (expiresIn ?? defaultRefreshTokenSeconds) * 1000,
        payload: {
          scope: payload.scope ?? '',
          audiences: typeof payload.resource === 'string' ? decodeAudiences(payload.resource) : [],
          acr: payload.acr ?? null,
          assurance: assuranceOfThisRequest(),
          amr: payload.amr ?? [],
          authTime: payload.authTime ?? null,
          nonce: payload.nonce ?? null,
          sid: payload.sid ?? null,
          claims: payload.claims ?? null,
          flow: payload.gty ?? 'authorization_code',
          act: null,
          issuedWith: accessTokenOfThisRequest(),
          confirmation: confirmationOf(payload),
        },
        subjectClientId: null,
        originClientId: null,
      };
      if (!keepChain(chain)) await refreshTokens.insert(chain);
    },
    find: async (token) => {
      const chain = await refreshTokens.find(token);
      return chain?.current && !chain.revoked ? toPayload(token, chain) : undefined;
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async () => {
      throw new Error('refresh tokens are rotated by their own grant handler');
    },
    destroy: async (token) => {
      const chain = await refreshTokens.find(token);
      if (chain) await refreshTokens.revoke(chain.id, clock.now());
    },
    revokeByGrantId: async (grantId) => {
      const ended = await refreshTokens.revokeByGrant(grantId, clock.now());
      // At the token endpoint the library does so for a code that was used before, elsewhere for a logout.
      if (isTokenRequest()) await onCodeReplay(ended);
    },
  };
}

/** The library makes the access token first. */
function accessTokenOfThisRequest(): IssuedAccessToken | null {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined;
  const { jti, exp } = (ctx && issuedToken(ctx)?.claims) ?? {};
  return jti === undefined || exp === undefined ? null : { jti, expiresAt: exp * 1000 };
}

/** The library binds the refresh tokens of public clients. */
function confirmationOf(payload: AdapterPayload): Record<string, string> | null {
  const { jkt, 'x5t#S256': certificate } = payload;
  if (typeof jkt === 'string') return { jkt };
  return typeof certificate === 'string' ? { 'x5t#S256': certificate } : null;
}

function toPayload(token: string, chain: RefreshChain): AdapterPayload {
  const { payload } = chain;
  return {
    kind: 'RefreshToken',
    jti: token,
    clientId: chain.clientId,
    ...(chain.accountId !== null && { accountId: chain.accountId }),
    grantId: chain.grantId,
    iat: Math.floor(chain.createdAt / 1000),
    exp: Math.floor(chain.expiresAt / 1000),
    scope: payload.scope,
    resource: encodeAudiences(payload.audiences),
    gty: payload.flow,
  };
}

/** Of the login behind the code that is redeemed. */
function assuranceOfThisRequest(): readonly string[] {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined;
  return (ctx?.oidc.entities.Account as LoggedInAccount | undefined)?.assurance ?? [];
}
