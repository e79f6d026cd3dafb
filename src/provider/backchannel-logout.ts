/** Tells services that a session has ended (OpenID Connect Back-Channel Logout 1.0), beside the logout: none of them can hold it up. */
import type Provider from 'oidc-provider';

export interface BackchannelLogoutDeps {
  /** A service that could not be told: it did not answer 200 or 204, or could not be reached. */
  readonly onLogoutFailure: (clientId: string, error: unknown) => void;
}

interface LogoutClient {
  readonly clientId: string;
  backchannelLogout(sub: string, sid: string): Promise<unknown>;
}

/** The library makes and signs the logout token, sends it once, and would wait for the answer with the user. */
export function installBackchannelLogout(provider: Provider, { onLogoutFailure }: BackchannelLogoutDeps): void {
  const prototype = provider.Client.prototype as unknown as LogoutClient;
  const send = prototype.backchannelLogout;
  prototype.backchannelLogout = async function (this: LogoutClient, sub: string, sid: string) {
    void send.call(this, sub, sid).catch((error: unknown) => onLogoutFailure(this.clientId, error));
  };
}
