/** XRootD with the configuration that `sluice config xrootd` prints for a storage with mounts and names for groups: the issuer has no say outside of them. */
import { ensurePackages } from '../support/packages.ts';
import { xrootdPackages } from '../support/xrootd.ts';
import { clientSecret } from './xrootd-lake.ts';
import { openStage, type Stage } from './xrootd-stage.ts';

/** `SLUICE_TEST_XROOTD`: `require` (the default in CI) fails without XRootD, `skip` leaves the proof out. */
const wish = process.env.SLUICE_TEST_XROOTD ?? (process.env.CI === 'true' ? 'require' : 'if-possible');
const missing = wish === 'skip' ? 'SLUICE_TEST_XROOTD is `skip`' : await ensurePackages(xrootdPackages);
if (missing !== null) process.stderr.write(`the proof with mounts cannot run: ${missing}\n`);
if (missing !== null && wish === 'require') throw new Error(`the proof with mounts cannot run: ${missing}`);
const proof = missing === null ? describe : describe.skip;

const mounts = [
  { path: '/pool/escape', at: '/' },
  { path: '/pool/inject', at: '/inject' },
];

function renderLake(audience: string): string {
  return JSON.stringify({
    version: 1,
    groups: [{ path: '/escape', default: true }],
    clients: [
      {
        clientId: 'reader',
        clientSecret,
        grantTypes: ['client_credentials'],
        scopes: ['storage.read:/'],
      },
    ],
    storages: [{ name: 'XROOTD', audience, matching: 'prefix', mounts }],
    grants: [{ id: 'all', subject: 'client:reader', actions: ['read'], path: '/' }],
  });
}

proof('XRootD with mounts', () => {
  let stage: Stage;

  beforeAll(async () => {
    stage = await openStage({
      lake: renderLake,
      files: {
        '/pool/escape/cta/run-1.dat': 'data of the community\n',
        '/pool/inject/run-2.dat': 'more of it\n',
        '/pool/other/run-3.dat': 'data of another community\n',
        '/pool/escape2/run-4.dat': 'data of a neighbour\n',
      },
      storage: { path: '/', mounts },
      mapGroups: true,
    });
  });

  afterAll(async () => void (await stage?.close()));

  test("reads below each mount with scopes in the storage's own paths", async () => {
    const one = await stage.token('reader', 'storage.read:/pool/escape/cta');
    expect(await stage.read(one, '/pool/escape/cta/run-1.dat')).toMatchObject({ status: 200 });
    expect(await stage.read(one, '/pool/inject/run-2.dat')).toMatchObject({ status: 403 });
    const other = await stage.token('reader', 'storage.read:/pool/inject');
    expect(await stage.read(other, '/pool/inject/run-2.dat')).toMatchObject({ status: 200 });
  });

  test.each(['/pool', '/pool/other', '/'])(
    'keeps closed what lies outside of the mounts, also to a token for %s',
    async (path) => {
      const token = await stage.byHand.sign(`storage.read:${path}`);
      expect(await stage.read(token, '/pool/other/run-3.dat')).toMatchObject({ status: 403 });
    },
  );

  test('gives nothing to a token without scopes, though groups have local names', async () => {
    const token = await stage.byHand.sign('openid wlcg.groups', { 'wlcg.groups': ['/escape'] });
    expect(await stage.read(token, '/pool/escape/cta/run-1.dat')).toMatchObject({ status: 403 });
  });

  test('keeps closed what lies beside a mount, by the final slash of all.export', async () => {
    const token = await stage.byHand.sign('storage.read:/pool/escape');
    expect(await stage.read(token, '/pool/escape/cta/run-1.dat')).toMatchObject({ status: 200 });
    expect(await stage.read(token, '/pool/escape2/run-4.dat')).toMatchObject({ status: 403 });
  });
});
