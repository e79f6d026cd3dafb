/** Secrets in addresses and answers of pages: neither in the log, nor in the audit trail, nor told to other sites, nor kept by caches (SE-14, RFC 9700 section 4.2). */
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type MemberAgent, signIn } from '../support/member-agent.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let server: MailServer;
let issuer: TestIssuer;
let dana: MemberAgent;

beforeAll(async () => {
  server = await startMailServer();
  const lake = `${await exampleLake()}\nenrolment: { allow: anyone }\n`;
  issuer = await startIssuer({ lake, config: { smtpUrl: server.url } });
  dana = await signIn(issuer, 'dana');
});
afterAll(async () => {
  await issuer?.close();
  await server?.close();
});

/** Every page and redirect on the way is kept by nobody and told to nobody. */
function expectKept(page: Page): void {
  expect([page.url.pathname, page.headers.get('referrer-policy'), page.headers.get('cache-control')]).toEqual([
    page.url.pathname,
    expect.stringMatching(/^(?:same-origin|no-referrer)$/),
    expect.stringContaining('no-store'),
  ]);
}

/** Nothing that the server wrote for others to read holds it. */
async function expectUnwritten(secret: string): Promise<void> {
  expect(secret.length).toBeGreaterThan(20);
  const { db } = issuer.database;
  const rows = await Promise.all(
    (['audit_log', 'changes', 'issue_log'] as const).map((table) => db.selectFrom(table).selectAll().execute()),
  );
  expect(JSON.stringify(issuer.logLines())).not.toContain(secret);
  expect(JSON.stringify(rows)).not.toContain(secret);
}

async function invite(): Promise<string> {
  const { db } = issuer.database;
  const { id } = await db.selectFrom('groups').select('id').where('path', '=', '/escape/cta').executeTakeFirstOrThrow();
  const page = await dana.open(`manage/group/${id}`);
  const shown = await dana.agent.submit(page, '/invitation', { uses: '3', days: '3' });
  expectKept(shown);
  return /\/invitation\/([\w-]+)/.exec(shown.html.split('<code').at(-1) ?? '')?.[1] ?? '';
}

test('the secret of an invitation', async () => {
  const secret = await invite();
  const stranger = new UserAgent();
  const sent = await stranger.get(`${issuer.url}invitation/${secret}`);
  expectKept(sent);
  const login = await stranger.follow(sent);
  expectKept(login);
  const back = await stranger.follow(
    await stranger.submit(login, '/login', { username: 'bob', password: 'bob-demo-password' }),
  );
  expect(back.url.pathname).toBe(`/invitation/${secret}`);
  expectKept(back);
  expectKept(await stranger.submit(back, `/invitation/${secret}`));
  await expectUnwritten(secret);
});

test('the link to a new password', async () => {
  const agent = new UserAgent();
  await agent.submit(await agent.get(`${issuer.url}forgotten-password`), '/forgotten-password', { login: 'alice' });
  const [mail] = await server.to('alice@example.org');
  const link = mail?.link(issuer.url) ?? '';
  const secret = new URL(link).searchParams.get('token') ?? '';
  const shown = await agent.get(link);
  expectKept(shown);
  const password = 'eleven owls above Bologna';
  const done = await agent.submit(shown, '/new', { password, again: password });
  expect(done.location?.pathname).toBe('/forgotten-password/done');
  expect(done.location?.href).not.toContain(secret);
  expectKept(done);
  await expectUnwritten(secret);
  await expectUnwritten(password);
});

test('the link that confirms a registration', async () => {
  const agent = new UserAgent();
  const page = await agent.get(`${issuer.url}register-account`);
  const fields = { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.net', note: 'x' };
  await agent.submit(page, '/register-account', fields);
  const [mail] = await server.to('ada@example.net');
  const link = mail?.link(issuer.url) ?? '';
  const shown = await agent.get(link);
  expectKept(shown);
  expectKept(await agent.submit(shown, '/confirm'));
  await expectUnwritten(new URL(link).searchParams.get('token') ?? '');
});

test('the secret of a client, when it is made and when it is renewed', async () => {
  const made = await dana.agent.submit(await dana.open('account/clients/new'), '/account/clients/new', {
    ...{ name: 'Notebook', kind: 'web', redirectUris: 'https://notebook.example/cb' },
  });
  const secretOn = ({ html }: Page) =>
    [...html.matchAll(/>([\w-]{30,})</g)].map(([, one = '']) => one).find((one) => !made.url.href.includes(one)) ?? '';
  expectKept(made);
  const id = /\/account\/clients\/([\w-]{8,})"/.exec(made.html)?.[1] ?? '';
  const renewed = await dana.agent.submit(await dana.open(`account/clients/${id}`), '/secrets');
  expectKept(renewed);
  expect(secretOn(renewed)).not.toBe(secretOn(made));
  for (const page of [made, renewed]) await expectUnwritten(secretOn(page));
});

test('what is typed at the login, and the codes and tokens of services', async () => {
  const agent = new UserAgent();
  const typed = 'my-password-instead-of-my-name';
  await agent.submit(await agent.get(`${issuer.url}login`), '/login', { username: typed, password: typed });
  for (const path of ['/token', '/introspect', '/revoke', '/userinfo', '/api/v1/accounts', '/scim/Users']) {
    const url = new URL(`${path.slice(1)}?token=a-token-in-the-wrong-place`, issuer.url);
    await (
      await fetch(url, {
        method: 'POST',
        body: new URLSearchParams({ token: 'a-token-in-the-wrong-place' }),
        headers: {
          authorization: 'Bearer a-token-in-the-wrong-place',
          referer: `${issuer.url}invitation/a-token-in-the-wrong-place`,
        },
      })
    ).text();
  }
  await expectUnwritten(typed);
  await expectUnwritten('a-token-in-the-wrong-place');
});
