/** The lake file of the proof: one XRootD of class `prefix`, clients with one right each, and one embargo. */

export const storedFiles = {
  '/escape/cta/open/run-1.dat': 'open data\n',
  '/escape/cta/restricted/p17/run-1.dat': 'data under embargo\n',
  '/escape/magic/run-1.dat': 'data of a neighbour\n',
  '/escape2/run-1.dat': 'data of another community\n',
} as const;

export const clientSecret = 'a-secret-of-the-interop-test';

/** As JSON, which a lake file may be too. */
export function renderLake(audience: string, otherAudience: string): string {
  const client = (clientId: string, ...actions: readonly string[]) => ({
    clientId,
    clientSecret,
    grantTypes: ['client_credentials'],
    scopes: actions.map((action) => `storage.${action}:/`),
  });
  const grant = (clientId: string, path: string, ...actions: readonly string[]) => ({
    id: clientId,
    subject: `client:${clientId}`,
    actions,
    path,
  });
  return JSON.stringify({
    version: 1,
    vo: 'escape',
    groups: [{ path: '/escape', default: true }],
    clients: [
      client('catalogue', 'read'),
      client('visitor', 'read'),
      client('uploader', 'create'),
      client('manager', 'read', 'modify', 'stage'),
      client('mover', 'read'),
    ],
    storages: [
      { name: 'XROOTD', audience, matching: 'prefix' },
      { name: 'OTHER', audience: otherAudience, matching: 'prefix' },
    ],
    namespace: ['/cta/open', '/cta/restricted/p17', '/magic', '/upload'],
    grants: [
      grant('catalogue', '/', 'read'),
      grant('visitor', '/cta/open', 'read'),
      grant('uploader', '/', 'create'),
      grant('manager', '/', 'read', 'modify', 'stage'),
      grant('mover', '/', 'read'),
    ],
    embargoes: [
      {
        id: 'cta-p17',
        title: 'CTA proposal 17',
        path: '/cta/restricted/p17',
        until: '2099-01-01T00:00:00Z',
        parties: [{ subject: 'client:mover', role: 'mover', actions: ['read'] }],
      },
    ],
  });
}
