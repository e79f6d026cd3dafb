/** A community at size as a lake file: who is in it, their groups, their clients; the same at every call. */

export const size = { accounts: 100_000, groups: 50_000, clients: 10_000 } as const;

export const administrator = { username: 'head', password: 'a-password-of-the-bench' };
/** With passwords, too. */
export const colleagues = range(10).map((index) => ({
  username: `colleague-${index}`,
  password: `password-${index}-of-the-bench`,
}));
const experiments = 200;

const groupPath = (index: number) =>
  index === 0
    ? '/escape'
    : index <= experiments
      ? `/escape/e${index}`
      : `/escape/e${1 + (index % experiments)}/g${index}`;

/** JSON, which a lake file may be too. */
export function renderPeopleLake(): string {
  return JSON.stringify({
    version: 1,
    vo: 'escape',
    groups: range(size.groups).map((index) => ({ path: groupPath(index), ...(index === 0 && { default: true }) })),
    accounts: [
      {
        ...administrator,
        name: 'Head Administrator',
        email: 'head@example.org',
        roles: ['admin'],
        groups: ['/escape'],
        manages: ['/escape'],
      },
      ...colleagues.map((one) => ({ ...one, name: 'A Colleague', groups: ['/escape'] })),
      ...range(size.accounts - 1 - colleagues.length).map(accountAt),
    ],
    clients: range(size.clients).map((index) => ({
      clientId: `client-${index}`,
      clientSecretHash: `sha256:${String(index).padStart(43, 'A')}`,
      name: `Service number ${index}`,
      grantTypes: ['client_credentials'],
      scopes: ['storage.read:/'],
      owners: [`user-${index}`],
    })),
    storages: [{ name: 'BENCH', audience: 'https://bench.example.org', matching: 'segment' }],
    namespace: range(500).map((index) => `/e${index % experiments}/run-${index}`),
    grants: range(1000).map((index) => ({
      id: `grant-${index}`,
      subject: `group:${groupPath(1 + index)}`,
      actions: ['read'],
      path: `/e${index % experiments}`,
    })),
    embargoes: range(100).map((index) => ({
      id: `embargo-${index}`,
      title: `Proposal ${index}`,
      path: `/e${index}/closed`,
      from: '2026-01-01T00:00:00Z',
      until: `2027-${String(1 + (index % 12)).padStart(2, '0')}-01T00:00:00Z`,
      parties: [{ subject: `group:${groupPath(1 + index)}`, role: 'pi', actions: ['read'] }],
    })),
  });
}

function accountAt(index: number) {
  return {
    username: `user-${index}`,
    name: `${['Ada', 'Bert', 'Cleo', 'Dirk', 'Elif'][index % 5]} Family${index % 5000}`,
    email: `user-${index}@institute-${index % 300}.example`,
    groups: [
      '/escape',
      groupPath(1 + (index % experiments)),
      groupPath(1 + experiments + (index % (size.groups - experiments - 1))),
    ],
  };
}

function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
