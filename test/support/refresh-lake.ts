/** A lake for chains of refresh tokens: a client for each way to keep them, and clients that chains of exchanges rest on. */

/** What a test may want otherwise. */
export interface RefreshLakeOptions {
  readonly suspended?: readonly string[];
  readonly removed?: readonly string[];
  /** Alice's account is suspended. */
  readonly aliceSuspended?: boolean;
  /** Groups that alice has. */
  readonly groups?: readonly string[];
}

const scopes = ['openid', 'offline_access', 'wlcg.groups', 'storage.read:/', 'storage.create:/'];

/** The lake as the text of a lake file. */
export function refreshLake(options: RefreshLakeOptions = {}): string {
  const { suspended = [], removed = [], groups = ['/vo', '/vo/team', '/vo/special'] } = options;
  const client = (clientId: string, more: object = {}) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris: ['http://localhost:9000/callback'],
    scopes,
    state: suspended.includes(clientId) ? 'suspended' : 'active',
    ...more,
  });
  const clients = [
    client('portal'),
    client('strict', { refreshTokenGraceSeconds: 0 }),
    client('daily', { refreshTokenGraceSeconds: 86_400 }),
    client('mover', { refreshTokens: 'multi-use' }),
    client('halfway', { refreshTokenRotateBelow: 0.5 }),
    client('idler', { refreshTokenIdleSeconds: 3600 }),
    client('idle-mover', { refreshTokens: 'multi-use', refreshTokenIdleSeconds: 3600 }),
    client('bound', { audiences: ['tree'], defaultAudience: 'tree' }),
    client('robot', { grantTypes: ['client_credentials'], redirectUris: [] }),
    {
      clientId: 'cli',
      tokenEndpointAuthMethod: 'none',
      refreshTokens: 'multi-use',
      grantTypes: ['authorization_code', 'refresh_token'],
      redirectUris: ['http://localhost:9000/callback'],
      scopes,
    },
  ];
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    groups: [{ path: '/vo', default: true }, { path: '/vo/team', default: true }, { path: '/vo/special' }],
    accounts: [
      {
        id: alice,
        username: 'alice',
        password: 'alice-demo-password',
        state: options.aliceSuspended ? 'suspended' : 'active',
        groups,
      },
    ],
    clients: clients.filter(({ clientId }) => !removed.includes(clientId)),
    storages: [
      { name: 'TREE', audience: 'tree', aliases: ['tree.example.org'], matching: 'segment' },
      { name: 'POOL', audience: 'pool', matching: 'segment', mounts: [{ path: '/pool', at: '/data' }] },
    ],
    namespace: ['/data/open', '/team'],
    grants: [
      { id: 'members', subject: 'group:/vo', actions: ['read'], path: '/data' },
      { id: 'team', subject: 'group:/vo/team', actions: ['read'], path: '/team' },
      { id: 'robot', subject: 'client:robot', actions: ['read'], path: '/data' },
    ],
  });
}

export const alice = '5a1e0000-0000-4000-8000-00000000000a';
