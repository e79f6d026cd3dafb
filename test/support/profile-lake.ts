/** A lake for the profiles of tokens: one client for each, two groups, and one subtree of which a part is closed. */

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const grants = ['authorization_code', 'refresh_token', 'client_credentials'];
const scopes = ['openid', 'profile', 'email', 'offline_access', 'wlcg.groups', 'storage.read:/', 'storage.modify:/'];

/** Clients that log users in, with a redirect URI that nobody listens on. */
export const profileRedirect = 'http://localhost:9000/callback';

export const entitlementNamespace = 'urn:geant:example.org';

interface ProfileLakeOptions {
  readonly suspended?: readonly string[];
}

/** The lake as the text of a lake file. */
export function profileLake({ suspended = [] }: ProfileLakeOptions = {}): string {
  const client = (clientId: string, more: object = {}) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    grantTypes: grants,
    redirectUris: [profileRedirect],
    scopes,
    groups: ['/vo'],
    state: suspended.includes(clientId) ? 'suspended' : 'active',
    ...more,
  });
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    entitlements: { namespace: entitlementNamespace },
    groups: [{ path: '/vo', default: true }, { path: '/vo/p17' }, { path: '/vo/team' }],
    accounts: [
      {
        username: 'alice',
        name: 'Alice Example',
        email: 'alice@example.org',
        password: 'alice-demo-password',
        groups: ['/vo', '/vo/p17', '/vo/team'],
      },
    ],
    clients: [
      client('plain', { grantTypes: [...grants, exchange] }),
      client('standard', { tokenProfile: 'rfc9068' }),
      client('aarc', { tokenProfile: 'aarc', scopes: [...scopes, 'entitlements', 'eduperson_entitlement'] }),
      client('infrastructure', { tokenProfile: 'aarc', scopes: ['openid', 'entitlements'] }),
      client('sci', { tokenProfile: 'scitokens' }),
      client('careful', { tokenProfile: 'scitokens', policyMode: 'strict' }),
      client('chooser', { scopes: [...scopes, 'aarc', 'scitokens'], tokenProfile: 'wlcg' }),
      client('named', { identityClaims: ['preferred_username', 'email'] }),
      client('signing', { introspectionSignedResponseAlg: 'ES256' }),
      client('silent', { introspection: false }),
      client('open', { tokenEndpointAuthMethod: 'none', clientSecret: undefined, grantTypes: ['authorization_code'] }),
    ],
    storages: [{ name: 'TREE', audience: 'tree', matching: 'segment' }],
    grants: [{ id: 'members', subject: 'group:/vo', actions: ['read', 'modify', 'stage'], path: '/data' }],
    embargoes: [
      {
        id: 'closed',
        path: '/data/closed',
        until: '2040-01-01T00:00:00Z',
        parties: [{ subject: 'group:/vo/p17', actions: ['read'] }],
      },
    ],
  });
}
