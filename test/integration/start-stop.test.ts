/** A server starts on nothing, keeps what it was told, and stops cleanly, PostgreSQL included (issue: start, stop, configure). */
import { connect, createServer } from 'node:net';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { findPostgres, queryEmbedded, startProcess, until, type Variables } from '../support/server-process.ts';

let place: ServerPlace;
beforeAll(async () => {
  place = await createServerPlace();
});
afterAll(() => place.clear());

const insert = (username: string) => `INSERT INTO accounts (username) VALUES ('${username}')`;
const usernames = async (dataDir: string) =>
  (await queryEmbedded(dataDir, 'SELECT username FROM accounts ORDER BY username')).map(({ username }) => username);

const health = async ({ SLUICE_PORT }: Variables, host = 'localhost') =>
  (await fetch(`http://${host}:${SLUICE_PORT}/health`)).json();

test('the first start makes keys, database and demonstration accounts and says how to use them', async () => {
  const settings = await place.settings('first');
  const server = await place.startReady(settings);
  await server.waitFor(/embargo is refused/);
  expect(await health(settings)).toEqual({ status: 'UP' });
  expect(await health(settings, '127.0.0.1')).toEqual({ status: 'UP' });
  expect(await usernames(settings.SLUICE_DATA_DIR!)).toEqual(['admin', 'alice', 'bob', 'dana']);

  const { status, stdout } = await server.stop();
  expect(status).toBe(0);
  expect(stdout).toContain(`http://localhost:${settings.SLUICE_PORT}/login`);
  expect(stdout).toContain('alice-demo-password');
  expect(stdout.match(/^ {2}curl /gm)).toHaveLength(3);
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
});

test('a second start keeps every row, and a signal that comes twice still ends with status 0', async () => {
  const settings = await place.settings('kept');
  const dataDir = settings.SLUICE_DATA_DIR!;
  const first = await place.startReady(settings);
  await queryEmbedded(dataDir, insert('zoe'));
  await queryEmbedded(dataDir, "DELETE FROM accounts WHERE username = 'bob'");
  expect((await first.stop()).status).toBe(0);

  const second = await place.startReady(settings);
  expect(await usernames(dataDir)).toEqual(['admin', 'alice', 'dana', 'zoe']);
  second.kill('SIGINT');
  second.kill('SIGINT');
  expect((await second.ended).status).toBe(0);
  expect(findPostgres(dataDir)).toBeUndefined();
});

test('a server behind npx stops with it, though npx passes no signal on', async () => {
  const settings = await place.settings('npx');
  const shell = startProcess({ ...settings, npm_command: 'exec' }, ['sh', '-c', 'bin/sluice serve; exit']);
  await shell.ready();
  // Its output ends with the server, not with the shell.
  await shell.stop();
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
});

test('after kill -9 the next start takes over the PostgreSQL left behind and nothing committed is lost', async () => {
  const settings = await place.settings('killed');
  const dataDir = settings.SLUICE_DATA_DIR!;
  const killed = await place.startReady(settings);
  await queryEmbedded(dataDir, insert('zoe'));
  killed.kill('SIGKILL');
  await killed.ended;
  expect(findPostgres(dataDir)).toBeDefined();

  const next = await place.startReady(settings);
  expect(await usernames(dataDir)).toContain('zoe');
  expect((await next.stop()).status).toBe(0);
  expect(findPostgres(dataDir)).toBeUndefined();
});

test('a server whose PostgreSQL ends and does not come back ends too, with one clear line', async () => {
  const settings = await place.settings('lost');
  const server = await place.startReady(settings);
  process.kill(findPostgres(settings.SLUICE_DATA_DIR!)?.pid ?? 0, 'SIGKILL');
  expect(await server.ended).toMatchObject({
    status: 1,
    stderr: 'sluice: the embedded PostgreSQL ended, expected it to run as long as the server\n',
  });
});

test('a PostgreSQL that was killed too is recovered at the next start', async () => {
  const settings = await place.settings('crashed');
  const dataDir = settings.SLUICE_DATA_DIR!;
  const killed = await place.startReady(settings);
  await queryEmbedded(dataDir, insert('zoe'));
  const postgres = findPostgres(dataDir)!;
  killed.kill('SIGKILL');
  process.kill(postgres.pid, 'SIGKILL');
  await killed.ended;

  const next = await place.startReady(settings);
  expect(await usernames(dataDir)).toContain('zoe');
  expect((await next.stop()).status).toBe(0);
});

test('SIGTERM to `npm start` stops the server and PostgreSQL with status 0, an open connection or not', async () => {
  const settings = await place.settings('npm');
  const npm = place.start(settings, ['npm', 'start']);
  await npm.ready();
  const idle = connect(Number(settings.SLUICE_PORT), '127.0.0.1');
  await new Promise((resolve) => idle.once('connect', resolve));
  idle.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
  await new Promise((resolve) => idle.once('data', resolve));
  expect((await npm.stop()).status).toBe(0);
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
  idle.destroy();
});

test('a signal during the start ends it with status 0 and leaves no PostgreSQL', async () => {
  const settings = await place.settings('early');
  const server = place.start(settings);
  // PostgreSQL runs, nothing listens yet.
  await until(() => findPostgres(settings.SLUICE_DATA_DIR!) !== undefined);
  server.kill('SIGTERM');
  expect((await server.ended).status).toBe(0);
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
});

test('a port in use is one clear line and status 1, and PostgreSQL is stopped', async () => {
  const settings = await place.settings('port');
  const taken = createServer().listen(Number(settings.SLUICE_PORT), '127.0.0.1');
  const { status, stderr } = await place.start(settings).ended;
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: `sluice: port ${settings.SLUICE_PORT} of \`localhost\` is in use, expected a free one (\`SLUICE_PORT\`)\n`,
  });
  expect(findPostgres(settings.SLUICE_DATA_DIR!)).toBeUndefined();
  await new Promise((resolve) => taken.close(resolve));
});
