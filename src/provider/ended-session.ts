/** Tells the services of a session that was ended on a page of ours, as a logout does (OpenID Connect Back-Channel Logout 1.0). */
import type Provider from 'oidc-provider';

interface Ended {
  readonly accountId: string;
  readonly services: ReadonlyMap<string, string>;
}

interface ToldClient {
  readonly backchannelLogoutUri?: string;
  backchannelLogout(sub: string, sid: string): Promise<unknown>;
}

export function createSessionEnd(provider: Provider): (session: Ended) => Promise<void> {
  return async ({ accountId, services }) => {
    for (const [clientId, sid] of services) {
      const client = (await provider.Client.find(clientId)) as unknown as ToldClient | undefined;
      if (client?.backchannelLogoutUri) await client.backchannelLogout(accountId, sid);
    }
  };
}
