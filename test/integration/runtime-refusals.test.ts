/** What a server refuses to start with, each in one clear line and status 1; and an external PostgreSQL (issue: start, stop, configure). */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createEmptyDatabase } from '../support/database.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { findPostgres, runSluice, type Variables } from '../support/server-process.ts';

let place: ServerPlace;
beforeAll(async () => {
  place = await createServerPlace();
});
afterAll(() => place.clear());

const refuse = async (settings: Variables) => {
  const { status, stderr } = await place.start(settings).ended;
  expect(status).toBe(1);
  return stderr;
};

test('all faults of the settings are listed together, and nothing is started', async () => {
  const stderr = await refuse(
    await place.settings('faults', { SLUICE_PORT: 'x', SLUICE_ISSUER: 'y', SLUICE_NONSENSE: 'z' }),
  );
  expect(stderr).toMatch(/3 faults\n {2}`SLUICE_NONSENSE`.*\n {2}`SLUICE_PORT`.*\n {2}`SLUICE_ISSUER`.*\n$/);
});

test('a database that cannot be reached is one clear line without the password', async () => {
  const stderr = await refuse(
    await place.settings('address', { SLUICE_DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/x' }),
  );
  expect(stderr).toBe(
    'sluice: no PostgreSQL at `127.0.0.1:1`: connection refused, expected a server that accepts connections\n',
  );
});

test('a wrong database password is one clear line without the password', async () => {
  const url = new URL(process.env.SLUICE_TEST_POSTGRES_URL!);
  url.password = 'hunter2';
  const stderr = await refuse(await place.settings('password', { SLUICE_DATABASE_URL: url.href }));
  expect(stderr).toBe(`sluice: PostgreSQL at \`${url.host}\` refused the user \`sluice\` or its password\n`);
});

test.each([
  ['SLUICE_DATA_DIR', /^sluice: the data directory `[^\n]*` cannot be used \(ENOTDIR\)[^\n]*\n$/],
  ['SLUICE_KEYS_DIR', /^sluice: keys directory `[^\n]*` cannot be [^\n]*\(ENOTDIR\)[^\n]*\n$/],
])('a place that cannot be written is one clear line: %s', async (name, line) => {
  const settings = await place.settings('nowhere');
  expect(await refuse({ ...settings, [name]: '/dev/null/x' })).toMatch(line);
});

test('an external PostgreSQL is used as it is, and goes on when the server stops', async () => {
  const database = await createEmptyDatabase();
  const settings = await place.settings('external', { SLUICE_DATABASE_URL: database.url });
  const server = await place.startReady(settings);
  expect((await fetch(`http://127.0.0.1:${settings.SLUICE_PORT}/health/live`)).status).toBe(200);
  expect((await server.stop()).status).toBe(0);
  expect(await runSluice(settings, 'migrate')).toMatchObject({ status: 0 });
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
  await database.drop();
});

describe('in production', () => {
  const secrets = { NODE_ENV: 'production', SLUICE_COOKIE_SECRETS: 'x'.repeat(40), SLUICE_KEYS_SECRET: 'y'.repeat(40) };

  const ownLake = async () => {
    const path = join(place.directory, 'own.yaml');
    await writeFile(path, 'version: 1\nvo: escape\n');
    return path;
  };

  test('development keys are refused', async () => {
    const settings = await place.settings('devkeys', { SLUICE_LAKE_FILE: await ownLake() });
    await runSluice(settings, 'keys', 'generate', '--development');
    expect(await refuse({ ...settings, ...secrets })).toMatch(/^sluice: `[^\n]*` holds development keys[^\n]*\n$/);
  });

  test('a missing secret for keys is refused', async () => {
    const { SLUICE_KEYS_SECRET: _, ...others } = secrets;
    expect(await refuse({ ...(await place.settings('nosecret')), ...others })).toMatch(
      /^sluice: the configuration is not valid: `SLUICE_KEYS_SECRET` is missing[^\n]*\n$/,
    );
  });

  test('development keys that sign already are refused until others take over', async () => {
    const settings = await place.settings('devdatabase', {
      SLUICE_KEYS_DIR: join(place.directory, 'dev-keys'),
      SLUICE_KEYS_SECRET: secrets.SLUICE_KEYS_SECRET,
      SLUICE_LAKE_FILE: await ownLake(),
    });
    await (await place.startReady(settings)).stop();
    expect(await refuse({ ...settings, ...secrets })).toMatch(/^sluice: development key `\S+` signs[^\n]*\n$/);
    const { stdout } = await runSluice(settings, 'keys', 'list');
    for (const [, kid = ''] of stdout.matchAll(/^\S+ {2}(\S+)/gm)) {
      expect(await runSluice(settings, 'keys', 'remove', kid, '--emergency', '--reason', 'production')).toMatchObject({
        status: 0,
      });
    }
    await (await place.startReady({ ...settings, ...secrets })).stop();
  });

  test('demonstration passwords are refused, in a lake file and in the database', async () => {
    const settings = await place.settings('demo', { SLUICE_KEYS_DIR: join(place.directory, 'production-keys') });
    expect((await runSluice(settings, 'keys', 'generate')).status).toBe(0);
    expect(await refuse({ ...settings, ...secrets })).toMatch(
      /^sluice: the lake file `[^\n]*` holds demonstration passwords[^\n]*\n$/,
    );

    await (await place.startReady(settings)).stop();
    const stderr = await refuse({ ...settings, ...secrets });
    expect(stderr).toMatch(
      /^sluice: demonstration passwords are in use in production \(account `alice`[^\n]*client `portal`[^\n]*\n$/,
    );
    expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
  });
});

test('a broken lake file is refused with its faults, and PostgreSQL is stopped', async () => {
  const lakeFile = join(place.directory, 'broken.yaml');
  await writeFile(lakeFile, 'version: 1\nvo: escape\nclients: [{ clientId: "" , nonsense: 1 }]\n');
  const settings = await place.settings('lake', { SLUICE_LAKE_FILE: lakeFile });
  expect(await refuse(settings)).toContain('clients[0]');
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
});

test('a broken key file is named in one line', async () => {
  const keysDir = join(place.directory, 'broken-keys');
  const settings = await place.settings('brokenkeys', { SLUICE_KEYS_DIR: keysDir });
  const { stdout } = await runSluice(settings, 'keys', 'generate');
  const [path = ''] = stdout.split('\n');
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, 100));
  expect(await refuse(settings)).toBe(`sluice: key file \`${path}\` is not a JSON object, expected a private JWK\n`);
  await rm(keysDir, { recursive: true });
});
