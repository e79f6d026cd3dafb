/** A lake whose clients prove more than a secret: signed requests, keys of their own, certificates. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';

/** A key of a client with its public half as the lake file has it. */
export interface ClientKey {
  readonly privateKey: KeyObject;
  readonly jwk: Record<string, unknown>;
}

export function createClientKey(): ClientKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid: 'client-1', use: 'sig', alg: 'ES256' } };
}

export const callbackUri = 'http://localhost:9000/callback';
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const everything = ['openid', 'profile', 'offline_access', 'wlcg.groups', 'storage.read:/'];

/** `clients` beside a portal and a public client `spa`. */
export function proofLake(clients: readonly Record<string, unknown>[]): string {
  const client = ({ clientId, ...more }: Record<string, unknown>) => ({
    clientId,
    scopes: everything,
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: [callbackUri],
    ...more,
  });
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    groups: [{ path: '/vo', default: true }],
    accounts: [{ username: 'alice', password: 'alice-demo-password', groups: ['/vo'] }],
    clients: [
      client({ clientId: 'portal', clientSecret: 'portal-demo-secret' }),
      client({ clientId: 'spa', tokenEndpointAuthMethod: 'none' }),
      ...clients.map(client),
    ],
    storages: [
      { name: 'TREE', audience: 'tree', matching: 'segment' },
      { name: 'POOL', audience: 'https://pool.example.org', matching: 'segment' },
    ],
    namespace: ['/data'],
    grants: [{ id: 'members-read', subject: 'group:/vo', actions: ['read'], path: '/' }],
    embargoes: [],
  });
}

/** A signed request (RFC 9101); a member that is undefined is left out. */
export function requestObject(
  { privateKey }: ClientKey,
  issuer: string,
  clientId: string,
  claims: Record<string, unknown>,
  typ = 'oauth-authz-req+jwt',
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: clientId,
    aud: issuer,
    client_id: clientId,
    response_type: 'code',
    redirect_uri: callbackUri,
    iat: now,
    exp: now + 60,
    ...claims,
  };
  return new SignJWT(JSON.parse(JSON.stringify(all)))
    .setProtectedHeader({ alg: 'ES256', kid: 'client-1', typ })
    .sign(privateKey);
}
