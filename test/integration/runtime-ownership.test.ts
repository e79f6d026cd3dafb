/** One server per data directory, any number of commands beside it, and several servers on one machine (issue: start, stop, configure). */
import { chmod, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { findPostgres, freePort, queryEmbedded, runSluice } from '../support/server-process.ts';

let place: ServerPlace;
beforeAll(async () => {
  place = await createServerPlace();
});
afterAll(() => place.clear());

const answers = async (port = '') => (await fetch(`http://127.0.0.1:${port}/health/live`)).status;

test('a second start on the same data directory is one clear line and leaves the first unharmed', async () => {
  const settings = await place.settings('owned');
  const first = await place.startReady(settings);
  const { status, stderr } = await place.start({ ...settings, SLUICE_PORT: String(await freePort()) }).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^sluice: another server \(process \d+\) uses the data directory `[^\n]*\n$/);
  expect(stderr).toContain(`(process ${first.pid})`);
  expect(stderr).toContain(`\`${settings.SLUICE_DATA_DIR}\``);
  expect(await answers(settings.SLUICE_PORT)).toBe(200);
  expect((await first.stop()).status).toBe(0);
});

test('of two first starts at the same instant one serves and the other gives up', async () => {
  const settings = await place.settings('race');
  const both = [place.start(settings), place.start({ ...settings, SLUICE_PORT: String(await freePort()) })];
  const outcomes = await Promise.all(
    both.map((server) =>
      Promise.race([
        server.ready().then(
          () => 'ready',
          () => 'ended',
        ),
        server.ended.then(({ status }) => `status ${status}`),
      ]),
    ),
  );
  expect(outcomes.filter((outcome) => outcome === 'ready')).toHaveLength(1);
  const statuses = await Promise.all(both.map((server) => server.stop().then(({ status }) => status)));
  expect(statuses.toSorted()).toEqual([0, 1]);
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
});

test('servers with different data directories and ports run side by side', async () => {
  const [one, other] = await Promise.all([place.settings('one'), place.settings('other')]);
  const servers = await Promise.all([place.startReady(one), place.startReady(other)]);
  expect([await answers(one.SLUICE_PORT), await answers(other.SLUICE_PORT)]).toEqual([200, 200]);
  const ends = await Promise.all(servers.map((server) => server.stop()));
  expect(ends.map(({ status }) => status)).toEqual([0, 0]);
});

test('a command starts the database for itself, and uses that of a running server', async () => {
  const settings = await place.settings('commands');
  const alone = await runSluice(settings, 'migrate');
  expect(alone).toMatchObject({ status: 0, stdout: expect.stringMatching(/^the schema is at \d{4}_/) });
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();

  const server = await place.startReady(settings);
  const before = findPostgres(settings.SLUICE_DATA_DIR!);
  expect((await runSluice(settings, 'migrate')).status).toBe(0);
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toEqual(before);
  expect(await answers(settings.SLUICE_PORT)).toBe(200);
  expect((await server.stop()).status).toBe(0);
});

const testAsRoot = process.getuid?.() === 0 ? test : test.skip;

testAsRoot(
  'as root, data below a private directory goes to a place that PostgreSQL may enter, and one line says so',
  async () => {
    const settings = await place.settings(join('private', 'var'));
    const dataDir = settings.SLUICE_DATA_DIR!;
    await mkdir(dirname(dataDir), { mode: 0o700 });
    const server = await place.startReady(settings);
    await queryEmbedded(dataDir, "INSERT INTO accounts (username) VALUES ('zoe')");
    const { status, stdout } = await server.stop();
    expect(status).toBe(0);
    expect(stdout).toContain(`may not enter \`${dataDir}\`: its data is in \`/var/lib/sluice/`);

    const again = await place.startReady(settings);
    expect(await queryEmbedded(dataDir, "SELECT username FROM accounts WHERE username = 'zoe'")).toHaveLength(1);
    expect((await again.stop()).stdout).not.toContain('may not enter');
  },
);

testAsRoot('as root, a data directory that became private is one clear line', async () => {
  const settings = await place.settings('closed');
  await (await place.startReady(settings)).stop();
  await chmod(settings.SLUICE_DATA_DIR!, 0o700);
  const { status, stderr } = await place.start(settings).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^sluice: `[^\n]*` lies below a directory that PostgreSQL's user [^\n]* may not enter\n$/);
  await chmod(settings.SLUICE_DATA_DIR!, 0o711);
});
