/** A small lake with an embargo that ends two hours from now, a storage with a mount, a capability set, and a client for each mode. */

const hours = (count: number) => count * 3_600_000;

export const embargoTitle = 'Proposal that nobody may hear of';

/** What a test may want otherwise. */
export interface PolicyLakeOptions {
  /** Members of the embargo's group. */
  readonly team?: readonly string[];
  readonly partySubject?: string;
  /** Alice has left `/vo/dune`. */
  readonly isDuneLost?: boolean;
  /** End of bob's account. */
  readonly bobEndsAt?: number;
  /** Scopes of the capability set of `/vo/dune`. */
  readonly set?: readonly string[];
  /** More registered paths. */
  readonly namespace?: readonly string[];
}

export const releaseAfter = (now: number) => now + hours(2);

/** `now` in milliseconds since the epoch; the lake as the text of a lake file. */
export function policyLake(now: number, options: PolicyLakeOptions = {}): string {
  const { team = ['alice'], partySubject = 'group:/vo/p17' } = options;
  const iso = (instant: number) => new Date(instant).toISOString();
  const teamGroups = (username: string) => (team.includes(username) ? ['/vo/p17'] : []);
  const account = (username: string, groups: readonly string[], endsAt?: number) => ({
    username,
    password: `${username}-demo-password`,
    groups: [...groups, ...teamGroups(username)],
    ...(endsAt !== undefined && { endsAt: iso(endsAt) }),
  });
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    groups: [
      { path: '/vo', default: true },
      { path: '/vo/p17', default: true },
      { path: '/vo/dune', capabilitySet: options.set ?? ['storage.read:/dune', 'storage.create:/dune/data'] },
      { path: '/vo/secret-set', capabilitySet: ['storage.read:/dune', 'storage.read:/data/emb'] },
    ],
    accounts: [
      account('alice', options.isDuneLost ? ['/vo'] : ['/vo', '/vo/dune']),
      account('bob', ['/vo', '/vo/secret-set'], options.bobEndsAt),
    ],
    clients: clients(),
    storages: [
      { name: 'TREE', audience: 'tree', matching: 'segment' },
      { name: 'POOL', audience: 'pool', matching: 'segment', mounts: [{ path: '/pool', at: '/data' }] },
    ],
    namespace: [
      '/data/open',
      '/data/emb',
      '/data/emb/calib',
      '/data/scratch',
      '/dune/data',
      ...(options.namespace ?? []),
    ],
    grants: [
      { id: 'members-read', subject: 'group:/vo', actions: ['read'], path: '/' },
      { id: 'dune', subject: 'group:/vo/dune', actions: ['read', 'create'], path: '/dune' },
      { id: 'dune-embargoed', subject: 'group:/vo/secret-set', actions: ['read'], path: '/' },
      { id: 'machine', subject: 'client:machine', actions: ['read'], path: '/data' },
      { id: 'mover', subject: 'client:mover', actions: ['read'], path: '/' },
    ],
    embargoes: [
      {
        id: 'emb',
        title: embargoTitle,
        path: '/data/emb',
        exempt: ['/data/emb/calib'],
        until: iso(releaseAfter(now)),
        maxTokenLifetimeSeconds: 1200,
        parties: [
          { subject: partySubject, role: 'pi', actions: ['read'] },
          { subject: 'client:mover', role: 'mover', actions: ['read'], maxTokenLifetimeSeconds: 3000 },
        ],
      },
    ],
  });
}

function clients() {
  const user = ['openid', 'offline_access', 'wlcg.groups', 'wlcg.capabilityset', 'storage.read:/', 'storage.create:/'];
  const redirectUris = ['http://localhost:9000/callback'];
  const web = (clientId: string, policyMode: string, more = {}) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    name: `The ${clientId}`,
    grantTypes: ['authorization_code', 'refresh_token'],
    redirectUris,
    scopes: user,
    policyMode,
    ...more,
  });
  const machine = (clientId: string, more = {}) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    grantTypes: ['client_credentials'],
    scopes: ['storage.read:/', 'storage.create:/', 'wlcg.capabilityset:/vo/dune'],
    ...more,
  });
  return [
    web('portal', 'narrow'),
    web('wide', 'expand'),
    web('exact', 'strict'),
    web('brief', 'narrow', { refreshTokenLifetimeSeconds: 5400, lifetimeJustification: 'a test of the end of chains' }),
    web('plain', 'narrow', { scopes: ['openid', 'storage.read:/'] }),
    {
      clientId: 'cli',
      tokenEndpointAuthMethod: 'none',
      name: 'The terminal',
      grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scopes: user,
      policyMode: 'expand',
    },
    machine('machine', { groups: ['/vo/dune'], policyMode: 'expand' }),
    machine('mover', { policyMode: 'strict' }),
  ];
}
