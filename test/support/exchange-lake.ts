/** A lake for token exchanges: who logs in, services that pass tokens on, and two storages that show one tree differently. */

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const everything = ['openid', 'profile', 'offline_access', 'wlcg.groups', 'storage.read:/', 'storage.modify:/'];

export interface ExchangeLakeOptions {
  /** Members of the embargo's group. */
  readonly team?: readonly string[];
  /** Clients that are suspended. */
  readonly suspended?: readonly string[];
  readonly exchangeRules?: readonly object[];
}

/** The lake as the text of a lake file. */
export function exchangeLake({ team = ['alice'], suspended = [], exchangeRules }: ExchangeLakeOptions = {}): string {
  const account = (username: string) => ({
    username,
    password: `${username}-demo-password`,
    groups: ['/vo', '/vo/special', ...(team.includes(username) ? ['/vo/p17'] : [])],
  });
  const client = (clientId: string, more: object) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    scopes: everything,
    state: suspended.includes(clientId) ? 'suspended' : 'active',
    ...more,
  });
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    groups: [{ path: '/vo', default: true }, { path: '/vo/p17' }, { path: '/vo/special' }],
    accounts: [account('alice'), account('bob')],
    clients: [
      client('portal', {
        grantTypes: ['authorization_code', 'refresh_token', exchange],
        redirectUris: ['http://localhost:9000/callback'],
        exchangeOffline: true,
      }),
      client('fts', {
        grantTypes: ['client_credentials', 'refresh_token', exchange],
        policyMode: 'strict',
        refreshTokens: 'multi-use',
        exchangeOffline: true,
      }),
      client('api', { grantTypes: [exchange] }),
      client('reader', { grantTypes: [exchange], scopes: ['storage.read:/data/open'], audiences: ['tree'] }),
      client('homely', { grantTypes: [exchange], defaultAudience: 'pool' }),
      client('robot', { grantTypes: ['client_credentials'], groups: ['/vo'] }),
    ],
    storages: [
      { name: 'TREE', audience: 'tree', aliases: ['tree.example.org'], matching: 'segment' },
      { name: 'POOL', audience: 'pool', matching: 'segment', mounts: [{ path: '/pool', at: '/data' }] },
    ],
    namespace: ['/data/open', '/data/emb', '/other'],
    grants: [
      { id: 'members-read', subject: 'group:/vo', actions: ['read'], path: '/' },
      { id: 'robot-open', subject: 'client:robot', actions: ['read', 'modify'], path: '/data/open' },
      { id: 'fts-all', subject: 'client:fts', actions: ['read', 'modify'], path: '/' },
    ],
    embargoes: [
      {
        id: 'emb',
        path: '/data/emb',
        until: '2040-01-01T00:00:00Z',
        parties: [
          { subject: 'group:/vo/p17', actions: ['read'] },
          { subject: 'client:fts', role: 'mover', actions: ['read', 'modify'] },
        ],
      },
    ],
    ...(exchangeRules && { exchangeRules }),
  });
}
