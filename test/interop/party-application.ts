/** A web application with a key instead of a secret, as the client libraries of npm play it. */
import type { webcrypto } from 'node:crypto';
import { exportJWK } from 'jose';

export const redirectUri = 'http://localhost:9100/callback';

export interface Application {
  readonly clientId: string;
  readonly kid: string;
  readonly key: webcrypto.CryptoKey;
  /** The example lake with the application in it. */
  lake(example: string): string;
}

/** `more` is what else the lake file says of it. */
export async function createApplication(clientId: string, more: Record<string, unknown> = {}): Promise<Application> {
  const kid = `${clientId}-1`;
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const publicKey = { ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'ES256' };
  const client = {
    clientId,
    name: 'An application',
    tokenEndpointAuthMethod: 'private_key_jwt',
    jwks: { keys: [publicKey] },
    grantTypes: [
      'authorization_code',
      'refresh_token',
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    redirectUris: [redirectUri],
    postLogoutRedirectUris: ['http://localhost:9100/'],
    scopes: ['openid', 'profile', 'email', 'offline_access', 'wlcg.groups', 'storage.read:/'],
    ...more,
  };
  const grant = { id: clientId, subject: `client:${clientId}`, actions: ['read'], path: '/' };
  return {
    clientId,
    kid,
    key: pair.privateKey,
    lake: (example) =>
      example
        .replace(/^clients:.*$/m, `$&\n  - ${JSON.stringify(client)}`)
        .replace(/^grants:.*$/m, `$&\n  - ${JSON.stringify(grant)}`),
  };
}
