/** Builds the protocol core: the library with our stores, clients, choke point and refresh grant. */
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import type { AccountStore } from '../accounts/store.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { DevicePollStore } from '../artifacts/device-poll.ts';
import type { RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { SecondFactorGate } from '../authentication/gate.ts';
import type { SecretCheck } from '../clients/secret.ts';
import { exchangeGrant, exchangeParameters } from '../exchange/exchange-request.ts';
import type { Issuance } from '../issuance/issue.ts';
import { inPolicyWords } from '../issuance/profiled.ts';
import type { OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { effectiveAudiences } from '../tokens/audience.ts';
import { installAccessTokens } from './access-token.ts';
import { createFindAccount, type FindAuthentication } from './account.ts';
import type { AdapterDeps } from './adapter.ts';
import { decodeAudiences, encodeAudiences } from './audience-parameter.ts';
import { type BackchannelLogoutDeps, installBackchannelLogout } from './backchannel-logout.ts';
import { installNewSessions } from './browser-session.ts';
import { installClients } from './clients.ts';
import { clientAuthMethods, providerConfiguration } from './configuration.ts';
import { installDevicePolling } from './device-polling.ts';
import type { ChainReuse } from './grants/refresh-chain.ts';
import { createRefreshHandler, refreshParameters } from './grants/refresh-token.ts';
import { createExchangeHandler } from './grants/token-exchange.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { type MutualTls, mutualTlsMethods } from './mutual-tls.ts';
import type { ProviderPages } from './pages.ts';
import { getClient } from './registered-client.ts';
import { createResourceServerInfo } from './resource-server.ts';
import { installKeys, type ProviderKeys } from './signing-keys.ts';

export interface ProviderDeps extends BackchannelLogoutDeps, Pick<AdapterDeps, 'onCodeReplay'> {
  readonly issuer: string;
  readonly keys: ProviderKeys;
  readonly cookieSecrets: readonly string[];
  readonly clock: Clock;
  readonly accounts: AccountStore;
  readonly findAuthentication: FindAuthentication;
  readonly artifacts: ArtifactStore;
  readonly devicePolls: DevicePollStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly checkSecret: SecretCheck;
  readonly verifier: OwnTokenVerifier;
  readonly fetch: GuardedFetch;
  readonly pages: ProviderPages;
  readonly mutualTls: MutualTls | null;
  /** Whether a session is too little for a service. */
  readonly secondFactor: SecondFactorGate;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  /** Gets each chain of refresh tokens that ended because a replaced token came again. */
  readonly onReuse: (reuse: ChainReuse) => Promise<void>;
  /** Gets the cause of every `server_error` that the library answers. */
  readonly onFault: (error: unknown) => void;
}

/** Returns the library's koa application; `http/app.ts` puts our middleware in front of its routes. */
export function createProvider(deps: ProviderDeps): Provider {
  const provider = new Provider(
    deps.issuer,
    providerConfiguration({
      ...deps,
      findAccount: createFindAccount(deps),
      getResourceServerInfo: createResourceServerInfo(deps.snapshots),
      findClient: (clientId) => deps.snapshots.current().clients.get(clientId),
    }),
  );
  // URLs come from the configured issuer, whatever Host and scheme a request arrives with (oidc-provider-notes 8).
  provider.OIDCContext.prototype.urlFor = (name: string, options?: Record<string, unknown>) =>
    provider.urlFor(name, options);
  const protocol = new URL(deps.issuer).protocol.slice(0, -1);
  Object.defineProperty(provider.request, 'protocol', { get: () => protocol });

  provider.on('server_error', (_ctx, error) => deps.onFault(error));
  installKeys(provider, deps.keys);
  installNewSessions(provider, { secure: protocol === 'https' });
  installClients(provider, deps.snapshots, {
    authMethods: [...clientAuthMethods, ...mutualTlsMethods(deps.mutualTls)],
    checkSecret: deps.checkSecret,
  });
  installBackchannelLogout(provider, deps);
  installAccessTokens(provider, deps);
  installFirstRefreshTokens(provider, deps.snapshots);
  installDevicePolling(provider, deps);
  provider.registerGrantType(exchangeGrant, createExchangeHandler(provider, deps), exchangeParameters, ['resource']);
  provider.registerGrantType('refresh_token', createRefreshHandler(provider, deps), refreshParameters, ['resource']);
  return provider;
}

/** What a chain begins with: the scopes in the order of the request, which the library sorts (W-GRP-10), and the audiences meant by it, whatever the client's default is later (W-AUD-6). */
function installFirstRefreshTokens(provider: Provider, snapshots: SnapshotSource): void {
  const save = provider.RefreshToken.prototype.save;
  provider.RefreshToken.prototype.save = function (this: { scope?: string; resource?: string; scopes: Set<string> }) {
    const ctx = Provider.ctx as KoaContextWithOIDC;
    const { Grant } = ctx.oidc.entities;
    if (Grant && this.resource) {
      const client = getClient(snapshots, ctx);
      const scopes = Grant.getResourceScopeFiltered(this.resource, this.scopes).split(' ');
      this.scope = inPolicyWords(scopes, client).join(' ');
      const audiences = effectiveAudiences(decodeAudiences(this.resource), client.defaultAudience);
      this.resource = encodeAudiences(audiences);
    }
    return save.call(this);
  };
}
