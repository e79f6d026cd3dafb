/** A lake for requests of audiences: clients with and without a list and a default, two storages with an alias, and a service. */

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

const scopes = ['openid', 'offline_access', 'profile', 'storage.read:/'];

export function audienceLake(): string {
  const web = (clientId: string, more: object = {}) => ({
    clientId,
    clientSecret: `${clientId}-demo-secret`,
    grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', deviceGrant],
    redirectUris: ['http://localhost:9000/callback'],
    scopes,
    ...more,
  });
  return JSON.stringify({
    version: 1,
    vo: 'vo',
    groups: [{ path: '/vo', default: true }],
    accounts: [{ username: 'alice', password: 'alice-demo-password', groups: ['/vo'] }],
    clients: [
      web('portal'),
      web('homely', { defaultAudience: 'rucio' }),
      web('listed', { audiences: ['rucio', 'elsewhere.example.org'] }),
      web('listed-homely', { audiences: ['rucio', 'fts.example.org'], defaultAudience: 'fts.example.org' }),
    ],
    storages: [
      {
        name: 'TREE',
        audience: 'https://tree.example.org:8443',
        aliases: ['tree.example.org', 'root://tree.example.org'],
        matching: 'segment',
      },
      {
        name: 'POOL',
        audience: 'https://pool.example.org',
        matching: 'segment',
        mounts: [{ path: '/pool', at: '/data' }],
      },
      { name: 'RUCIO', audience: 'rucio', kind: 'service' },
    ],
    namespace: ['/data'],
    grants: [
      { id: 'members', subject: 'group:/vo', actions: ['read'], path: '/' },
      { id: 'portal', subject: 'client:portal', actions: ['read'], path: '/' },
    ],
  });
}
