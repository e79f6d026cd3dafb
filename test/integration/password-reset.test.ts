import { sql } from 'kysely';
import { exchangeLake } from '../support/exchange-lake.ts';
import { post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { insertRefreshChain } from '../support/refresh-chain.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

const password = 'seven lanterns over Turin';

let server: MailServer;
let issuer: TestIssuer;

beforeEach(async () => {
  server = await startMailServer();
  const lake = JSON.parse(exchangeLake());
  lake.accounts[0] = { ...lake.accounts[0], email: 'alice@example.org' };
  issuer = await startIssuer({ lake: JSON.stringify(lake), config: { smtpUrl: server.url } });
});
afterEach(async () => {
  await issuer?.close();
  await server?.close();
});

const at = (path: string) => new URL(path, issuer.url);

async function ask(login: string, agent = new UserAgent()): Promise<Page> {
  return agent.submit(await agent.get(at('forgotten-password')), '/forgotten-password', { login });
}

async function signIn(secret: string): Promise<{ agent: UserAgent; status: number }> {
  const agent = new UserAgent();
  const page = await agent.submit(await agent.get(at('login')), '/login', { username: 'alice', password: secret });
  return { agent, status: page.status };
}

const set = async (link: string, fields = { password, again: password }, agent = new UserAgent()) =>
  agent.submit(await agent.get(link), '/new', fields);

test('a link by mail sets a password once, and everything that the old one gave ends', async () => {
  const before = await signIn('alice-demo-password');
  const { id } = await issuer.database.db
    .selectFrom('accounts')
    .select('id')
    .where('username', '=', 'alice')
    .executeTakeFirstOrThrow();
  const chain = { token: 'a-refresh-token', accountId: id, scope: 'openid offline_access storage.read:/data/open' };
  await insertRefreshChain(issuer.database.db, issuer.clock.now(), chain);
  await ask('alice');
  await ask('Alice@Example.org');
  const [first, second] = await server.to('alice@example.org', 2);
  const link = first?.link(issuer.url) ?? '';
  expect((await set(link)).location?.pathname).toBe('/forgotten-password/done');

  expect((await new UserAgent().get(link)).status).toBe(404);
  expect((await new UserAgent().get(second?.link(issuer.url) ?? '')).status).toBe(404);
  expect((await before.agent.get(at('account'))).location?.pathname).toBe('/login');
  const refresh = { grant_type: 'refresh_token', refresh_token: 'a-refresh-token' };
  expect((await post(issuer, '/token', refresh, { client: 'portal' })).body.error).toBe('invalid_grant');
  expect((await signIn('alice-demo-password')).status).toBe(422);
  expect((await signIn(password)).status).toBe(303);
  expect((await server.to('alice@example.org', 3)).at(-1)?.text).toContain('the password was changed');
});

test('the answer is the same for every name, and mails go to the addresses of accounts alone (BF-05)', async () => {
  const answers = [await ask('alice'), await ask('nobody'), await ask('bob'), await ask('nobody@example.org')];
  const [one, ...others] = answers.map(({ status, location, html }) => [status, location?.href, html]);
  expect(others).toEqual([one, one, one]);
  await server.to('alice@example.org');
  const kinds = await issuer.database.db.selectFrom('outbox').select('recipient').execute();
  expect(kinds).toEqual([{ recipient: 'alice@example.org' }]);
});

test('the link leads to the issuer whatever host the request names (XI-16)', async () => {
  const agent = new UserAgent();
  const page = await agent.get(at('forgotten-password'));
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const cookie = [...agent.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'https' };
  const body = new URLSearchParams({ login: 'alice', csrf });
  await fetch(at('forgotten-password'), { method: 'POST', body, headers: { cookie, ...forged }, redirect: 'manual' });
  const [mail] = await server.to('alice@example.org');
  expect(mail?.link('http')).toMatch(new RegExp(`^${issuer.url}forgotten-password/new\\?token=`));
  expect(mail?.raw).not.toContain('evil.example');
  expect(JSON.stringify(issuer.logLines())).not.toContain(mail?.link(issuer.url).split('token=')[1]);
});

test('weak passwords, two that differ, and a link that is too old set nothing', async () => {
  await ask('alice');
  const [mail] = await server.to('alice@example.org');
  const link = mail?.link(issuer.url) ?? '';
  expect((await set(link, { password: 'short', again: 'short' })).status).toBe(422);
  expect((await set(link, { password: 'alice alice alice', again: 'alice alice alice' })).status).toBe(422);
  expect((await set(link, { password, again: `${password}!` })).status).toBe(422);
  const agent = new UserAgent();
  const page = await agent.get(link);
  issuer.clock.advance(3600);
  expect((await agent.submit(page, '/new', { password, again: password })).status).toBe(404);
  issuer.clock.advance(-3600);
  expect((await signIn('alice-demo-password')).status).toBe(303);
});

test('a link that went to an address which is not the account’s any more is worth nothing', async () => {
  await ask('alice');
  const [mail] = await server.to('alice@example.org');
  await sql`UPDATE accounts SET email = 'new@example.org' WHERE username = 'alice'`.execute(issuer.database.db);
  expect((await new UserAgent().get(mail?.link(issuer.url) ?? '')).status).toBe(404);
});

test('of two forms with one link at once one sets the password', async () => {
  await ask('alice');
  const [mail] = await server.to('alice@example.org');
  const link = mail?.link(issuer.url) ?? '';
  const agents = [new UserAgent(), new UserAgent()];
  const pages = await Promise.all(agents.map((agent) => agent.get(link)));
  const answers = await Promise.all(
    agents.map((agent, index) => agent.submit(pages[index] as Page, '/new', { password, again: password })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 404]);
});
