/** The lake file of a copy between two storages: Rucio asks for tokens, FTS passes them on. */

export const transferSecret = 'a-secret-of-the-interop-test';

/** As JSON, which a lake file may be too; the storages by their audience. */
export function renderTransferLake(storages: { readonly source: string; readonly destination: string }): string {
  const scopes = ['offline_access', 'storage.read:/', 'storage.modify:/'];
  const common = { clientSecret: transferSecret, scopes, policyMode: 'strict', privileged: true };
  return JSON.stringify({
    version: 1,
    vo: 'escape',
    groups: [{ path: '/escape', default: true }],
    clients: [
      { clientId: 'rucio', grantTypes: ['client_credentials'], ...common },
      {
        clientId: 'fts',
        grantTypes: ['refresh_token', 'urn:ietf:params:oauth:grant-type:token-exchange'],
        refreshTokens: 'multi-use',
        exchangeOffline: true,
        ...common,
      },
    ],
    storages: [
      { name: 'SOURCE', audience: storages.source, matching: 'prefix' },
      { name: 'DESTINATION', audience: storages.destination, matching: 'prefix' },
    ],
    namespace: ['/rubin/raw', '/cta/p17'],
    grants: [{ id: 'rucio', subject: 'client:rucio', actions: ['read', 'modify'], path: '/' }],
    embargoes: [{ id: 'p17', path: '/cta/p17', until: '2099-01-01T00:00:00Z' }],
  });
}
