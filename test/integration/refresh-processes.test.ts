/** Refresh tokens and codes across server processes: crashes, restarts and races on one database (W-REF-3; attacks RT-03, RT-05 and CO-05). */
import { connect } from 'node:net';
import { createRefreshTokenStore } from '../../src/storage/refresh-tokens.ts';
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { basic, eventually, formOf, post } from '../support/http.ts';
import { applyLakeText } from '../support/lake.ts';
import { insertRefreshChain } from '../support/refresh-chain.ts';
import { alice, refreshLake } from '../support/refresh-lake.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';

interface Server {
  readonly url: string;
  readonly process: ServerProcess;
}

let database: TestDatabase;
let place: ServerPlace;

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, refreshLake());
  place = await createServerPlace();
});
afterAll(async () => {
  await place.clear();
  await database.drop();
});

async function startServer(name: string): Promise<Server> {
  const settings = await place.settings(name, { SLUICE_DATABASE_URL: database.url });
  const url = `http://localhost:${settings.SLUICE_PORT}/`;
  return { url, process: await place.startReady({ ...settings, SLUICE_ISSUER: url }) };
}

async function begin(token: string): Promise<string> {
  const scope = 'openid offline_access storage.read:/data';
  await insertRefreshChain(database.db, Date.now(), { token, accountId: alice, scope, audiences: ['tree'] });
  return token;
}

const form = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token });
const refresh = (server: Server, token: string) => post(server, '/token', form(token), { client: 'portal' });
const find = (token: string) => createRefreshTokenStore(database.db).find(token);

/** Sends a refresh and never reads the answer. */
function refreshWithoutReading({ url }: Server, token: string): void {
  const body = formOf(form(token)).toString();
  const { host, port } = new URL(url);
  const head = [
    'POST /token HTTP/1.1',
    `Host: ${host}`,
    `Authorization: ${basic('portal')}`,
    'Content-Type: application/x-www-form-urlencoded',
    `Content-Length: ${body.length}`,
  ];
  const socket = connect(Number(port), 'localhost');
  socket.on('error', () => {});
  socket.pause();
  socket.unref();
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
}

test('a server that dies before its answer is read leaves the same successor at the other one', async () => {
  const [one, other] = [await startServer('one'), await startServer('other')];
  const first = await begin('lost-answer');
  refreshWithoutReading(one, first);
  const rotated = await eventually(async () => {
    const chain = await find(first);
    return chain?.replaced ? chain : undefined;
  });
  one.process.kill('SIGKILL');
  await one.process.ended;
  const { status, body } = await refresh(other, first);
  expect(status).toBe(200);
  // What it gave is the present token of the chain, which nothing rotated since.
  expect(await find(body.refresh_token)).toMatchObject({ id: rotated.id, current: true, previous: rotated.previous });
  expect((await refresh(other, body.refresh_token)).status).toBe(200);
  await other.process.stop();
});

test('twenty refreshes of one token at two servers give one successor (RT-03)', async () => {
  const servers = [await startServer('one'), await startServer('other')] as const;
  const first = await begin('raced');
  const all = Array.from({ length: 20 }, (_, index) => refresh(servers[index % 2 === 0 ? 0 : 1], first));
  const answers = await Promise.all(all);
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  await Promise.all(servers.map((server) => server.process.stop()));
});

test('a restart of every process forgets no replaced token (RT-05)', async () => {
  const before = await startServer('one');
  const first = await begin('replayed');
  const second = await refresh(before, first);
  await before.process.stop();
  const after = await startServer('one');
  expect((await refresh(after, first)).body.refresh_token).toBe(second.body.refresh_token);
  // Out of its grace, without waiting for it.
  await database.db
    .updateTable('refresh_tokens')
    .set({ rotated_at: new Date(0) })
    .execute();
  expect((await refresh(after, first)).body.error).toBe('invalid_grant');
  expect((await refresh(after, second.body.refresh_token)).body.error).toBe('invalid_grant');
  await after.process.stop();
});

test('a code that was redeemed stays so, though its server was killed right after (CO-05)', async () => {
  const before = await startServer('one');
  const page = await authorize(before, new UserAgent(), { scope: 'openid offline_access', audience: 'tree' });
  const { code } = callback(page);
  const { status, body } = await redeem(before, code);
  before.process.kill('SIGKILL');
  expect([status, typeof body.refresh_token]).toEqual([200, 'string']);
  await before.process.ended;
  const after = await startServer('one');
  expect((await redeem(after, code)).body.error).toBe('invalid_grant');
  // RFC 6749 section 4.1.2: what the code gave ends, too.
  expect((await refresh(after, body.refresh_token)).body.error).toBe('invalid_grant');
  await after.process.stop();
});
