/** Two real XRootD servers copy a file between them with the tokens that FTS exchanged and refreshed for Rucio (services.md, FTS3; WLCG HTTP third-party copy). */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCertificates } from '../support/certificates.ts';
import { ensurePackages } from '../support/packages.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { freePort } from '../support/server-process.ts';
import { startXrootd, type Xrootd, xrootdPackages } from '../support/xrootd.ts';
import { renderTransferLake, transferSecret } from './transfer-lake.ts';

const missing = await ensurePackages([...xrootdPackages, 'xrootd-server-plugins']);
const copying = missing === null ? describe : describe.skip;
if (missing !== null) process.stderr.write(`third-party copy cannot be tried: ${missing}\n`);

const run = promisify(execFile);
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;
const file = '/escape/rubin/raw/run-1.dat';
const files = { [file]: 'the night sky\n', '/escape/cta/p17/run-1.dat': 'data under embargo\n' };

copying('third-party copy between two XRootD servers', () => {
  let place: ServerPlace;
  let issuer: string;
  let ca: string;
  const storages = { source: '', destination: '' };
  const servers: Xrootd[] = [];

  beforeAll(async () => {
    place = await createServerPlace();
    const certificates = await createCertificates(place.directory);
    ca = certificates.ca;
    const ports = { source: await freePort(), destination: await freePort() };
    storages.source = `https://localhost:${ports.source}`;
    storages.destination = `https://localhost:${ports.destination}`;
    const lakeFile = join(place.directory, 'lake.json');
    await writeFile(lakeFile, renderTransferLake(storages));
    const settings = await place.settings('var', {
      SLUICE_TLS_CERT_FILE: certificates.cert,
      SLUICE_TLS_KEY_FILE: certificates.key,
      SLUICE_LAKE_FILE: lakeFile,
    });
    issuer = `https://localhost:${settings.SLUICE_PORT}/`;
    await place.startReady({ ...settings, SLUICE_ISSUER: issuer });
    const common = { place, issuer, certificates };
    servers.push(await startXrootd({ ...common, name: 'source', port: ports.source, files }));
    const empty = { '/escape/rubin/raw/.keep': '' };
    servers.push(await startXrootd({ ...common, name: 'destination', port: ports.destination, files: empty }));
  });

  afterAll(async () => {
    for (const server of servers) await server.stop();
    await place?.clear();
  });

  /** As FTS sends them: raw spaces in the body, the secret as it is in the header. */
  async function askToken(client: string, fields: Record<string, string>): Promise<Record<string, string>> {
    const body = Object.entries(fields)
      .map(([name, value]) => `${name}=${value}`)
      .join('&');
    const answer = await curl('--user', `${client}:${transferSecret}`, '--data-raw', body, `${issuer}token`);
    return JSON.parse(answer.body);
  }

  async function curl(...args: readonly string[]): Promise<{ status: number; body: string }> {
    const fixed = ['--silent', '--show-error', '--cacert', ca, '--max-time', '30', '--write-out', '\n%{http_code}'];
    const { stdout } = await run('curl', [...fixed, ...args]);
    const end = stdout.lastIndexOf('\n');
    return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
  }

  /** Rucio's token, exchanged and refreshed by FTS. */
  async function delegated(audience: string, scope: string): Promise<string> {
    const rucio = await askToken('rucio', { grant_type: 'client_credentials', scope, audience });
    const kept = await askToken('fts', {
      grant_type: exchangeGrant,
      requested_token_type: type('refresh_token'),
      subject_token_type: type('access_token'),
      subject_token: rucio.access_token ?? '',
      scope: `${scope} offline_access`,
      audience,
    });
    const { refresh_token = '' } = kept;
    const fresh = await askToken('fts', { grant_type: 'refresh_token', refresh_token, scope, audience });
    expect(fresh).toMatchObject({ scope, refresh_token });
    return fresh.access_token ?? '';
  }

  const copy = (from: string, to: string, tokens: { source: string; destination: string }) =>
    curl(
      ...['--request', 'COPY', '--header', `Source: ${storages.source}${from}`],
      ...['--header', `Authorization: Bearer ${tokens.destination}`],
      ...['--header', `TransferHeaderAuthorization: Bearer ${tokens.source}`],
      storages.destination + to,
    );

  const read = 'storage.read:/rubin/raw/run-1.dat';
  const write = 'storage.modify:/rubin/raw/run-1.dat storage.read:/rubin/raw/run-1.dat';

  test('the destination pulls the file with both tokens', async () => {
    const tokens = {
      source: await delegated(storages.source, read),
      destination: await delegated(storages.destination, write),
    };
    const { status, body } = await copy(file, file, tokens);
    expect({ status, end: body.trim().split('\n').at(-1) }).toEqual({ status: 201, end: 'success: Created' });
    expect(await servers[1]?.stored(file)).toBe(files[file]);
  });

  test('a token for the source opens no other file there, and one for the destination writes no other', async () => {
    const source = await delegated(storages.source, read);
    const destination = await delegated(storages.destination, write);
    const elsewhere = '/escape/rubin/other/run-1.dat';
    // 5.5.3 answers a COPY that it does not authorize with 401.
    expect((await copy(file, elsewhere, { source, destination })).status).toBe(401);
    expect(await servers[1]?.stored(elsewhere)).toBeNull();
    const embargoed = await copy('/escape/cta/p17/run-1.dat', file, { source, destination });
    expect(embargoed.body).toMatch(/failure: .*403/s);
    expect(await servers[1]?.stored(file)).not.toBe(files['/escape/cta/p17/run-1.dat']);
  });

  test('FTS gets no token for an embargoed file, though Rucio is party of other ones', async () => {
    const scope = 'storage.read:/cta/p17/run-1.dat';
    const answer = await askToken('rucio', { grant_type: 'client_credentials', scope, audience: storages.source });
    expect(answer).toEqual({ error: 'invalid_scope', error_description: `${scope} refused: embargoed` });
  });
});
