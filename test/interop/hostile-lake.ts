/** A lake for the strings of policy-semantics 2.2 and 2.3: neighbours that differ by a character, a dot, a slash, some of them under embargo. */
import { clientSecret } from './xrootd-lake.ts';

/** By logical path. The content is the path, so that an answer shows whose it is. */
export const paths = [
  '/d/a.b/f',
  '/d/a/b/f',
  '/d/a/b/calib/f',
  '/d/a/b/calib2/f',
  '/d/axb/f',
  '/d/a.bc/f',
  '/v/r1.0/f',
  '/v/r1x0/f',
  '/v/r1.0-open/f',
  '/foo/f',
  '/foo/x/f',
  '/foobar/f',
  '/foo.d/f',
  '/open/f',
  '/open/x/f',
] as const;

export const baseFiles = Object.fromEntries(paths.map((path) => [`/escape${path}`, `${path}\n`]));

const closed = ['/d/a/b', '/d/axb', '/v/r1.0', '/foobar'];
const exempt = '/d/a/b/calib';

/** Truth, by whole segments: what the client may read. */
export function mayRead(client: string, path: string): boolean {
  const isWithin = (directory: string) => `${path}/`.startsWith(`${directory}/`);
  if (client === 'visitor') return isWithin('/foo');
  return isWithin(exempt) || !closed.some(isWithin);
}

/** Audiences of storages that nobody runs: their rules are applied by the test. */
export const stringAudience = 'https://storm.example.org:8443';
export const segmentAudience = 'https://dcache.example.org:2880';

/** As JSON, which a lake file may be too. */
export function renderHostileLake(prefixAudience: string): string {
  const client = (clientId: string, policyMode: string) => ({
    clientId,
    clientSecret,
    policyMode,
    grantTypes: ['client_credentials'],
    scopes: ['storage.read:/'],
    accessTokenSigningAlg: 'ES256',
  });
  const grant = (clientId: string, path: string) => ({
    id: clientId,
    subject: `client:${clientId}`,
    actions: ['read'],
    path,
  });
  const embargo = (path: string, more = {}) => ({
    id: path.slice(1).replaceAll('/', '-'),
    title: `what lies in ${path}`,
    path,
    until: '2099-01-01T00:00:00Z',
    ...more,
  });
  return JSON.stringify({
    version: 1,
    vo: 'escape',
    groups: [{ path: '/escape', default: true }],
    clients: [
      client('reader', 'narrow'),
      client('expander', 'expand'),
      client('machine', 'strict'),
      client('visitor', 'narrow'),
    ],
    storages: [
      { name: 'PREFIX', audience: prefixAudience, matching: 'prefix' },
      { name: 'STRING', audience: stringAudience, matching: 'string' },
      { name: 'SEGMENT', audience: segmentAudience, matching: 'segment' },
    ],
    namespace: ['/d/a.bc', '/foo/x', '/open', '/open/x', '/foo.d', '/v/r1.0-open'],
    grants: [grant('reader', '/'), grant('expander', '/'), grant('machine', '/'), grant('visitor', '/foo')],
    embargoes: closed.map((path) => embargo(path, path === '/d/a/b' ? { exempt: [exempt] } : {})),
  });
}
