/** Nothing that people enter in any form becomes a header, a recipient or a part of a mail: through a real SMTP server (XI-12). */
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type MemberAgent, signIn } from '../support/member-agent.ts';
import type { Page } from '../support/user-agent.ts';
import { UserAgent } from '../support/user-agent.ts';

const attack =
  'Eve\r\nBcc: all@evil.example\r\nX-Evil: yes\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>';

let server: MailServer;
let issuer: TestIssuer;
let admin: MemberAgent;
let bob: MemberAgent;

beforeAll(async () => {
  server = await startMailServer();
  const lake = `${await exampleLake()}\nenrolment: { allow: anyone }\n`;
  issuer = await startIssuer({ lake, config: { smtpUrl: server.url } });
  [admin, bob] = [await signIn(issuer, 'admin'), await signIn(issuer, 'bob')];
});
afterAll(async () => {
  await issuer?.close();
  await server?.close();
});

const csrfOf = (page: Page) => /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';

/** A form as an attacker sends it: with line breaks in fields that have none on the page. */
async function post({ agent, open }: MemberAgent, path: string, fields: Record<string, string>): Promise<number> {
  const body = new URLSearchParams({ csrf: csrfOf(await open('account')), ...fields });
  const url = new URL(path, issuer.url);
  return (await agent.request(url, 'POST', body, new URL('account', issuer.url))).status;
}

async function register(fields: Record<string, string>): Promise<number> {
  const agent = new UserAgent();
  const page = await agent.get(new URL('register-account', issuer.url));
  const all = { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.net', note: 'x', ...fields };
  return (await agent.submit(page, '/register-account', all)).status;
}

/** What the server got so far is clean; the marks of the attack are text, if anything. */
function expectClean(): void {
  for (const { to, headers, html, raw } of server.mails) {
    expect(to).toHaveLength(1);
    expect(to[0]).not.toContain('evil.example');
    expect([headers.bcc, headers.cc, headers['x-evil']]).toEqual([undefined, undefined, undefined]);
    expect(headers['content-type']).toMatch(/^multipart\/alternative/);
    expect(raw.match(/^subject:/gim)).toHaveLength(1);
    expect(html).not.toContain('<script>');
  }
}

test.each([
  ['a recipient with a header', { email: 'ada@example.net\r\nBcc: all@evil.example' }],
  ['two recipients', { email: 'ada@example.net, all@evil.example' }],
  ['a name with headers', { givenName: attack }],
])('a registration with %s is refused, and no mail goes out', async (_what, fields) => {
  expect(await register(fields)).toBe(422);
  expect(server.mails).toEqual([]);
});

test('display names, mail addresses, descriptions, names of clients and logins with line breaks are refused or one line', async () => {
  const group = await issuer.database.db
    .selectFrom('groups')
    .select('id')
    .where('path', '=', '/escape/cta')
    .executeTakeFirstOrThrow();
  expect(await post(bob, 'account', { name: attack, affiliation: '' })).toBe(422);
  expect(await post(bob, 'account/email', { email: `bob@example.org\r\nBcc: all@evil.example` })).toBe(422);
  expect(
    await post(bob, 'account/clients/new', { name: attack, kind: 'web', redirectUris: 'https://a.example/cb' }),
  ).toBe(422);
  expect(await post(admin, 'admin/groups', { path: '/escape/x\r\nBcc: all@evil.example' })).toBe(422);
  expect(await post(admin, `manage/group/${group.id}`, { description: attack })).toBeLessThan(500);
  await post(bob, 'forgotten-password', { login: `bob@example.org\r\nBcc: all@evil.example` });
  expectClean();
});

test('notes and reasons with line breaks arrive as text', async () => {
  const { db } = issuer.database;
  const group = await db
    .selectFrom('groups')
    .select('id')
    .where('path', '=', '/escape/magic')
    .executeTakeFirstOrThrow();
  expect(await post(bob, `groups/directory/${group.id}`, { note: attack })).toBe(422);
  expect(await post(bob, `groups/directory/${group.id}`, { note: 'please' })).toBe(303);
  const asked = await db.selectFrom('group_requests').select('id').executeTakeFirstOrThrow();
  expect(await post(admin, `manage/requests/${asked.id}/refuse`, { reason: attack })).toBe(303);
  const refused = (await server.to('bob@example.org')).at(-1);
  expect(refused?.text).toContain('Eve');

  expect(await register({ note: attack })).toBe(303);
  const [confirm] = await server.to('ada@example.net');
  const agent = new UserAgent();
  await agent.submit(await agent.get(confirm?.link(issuer.url) ?? ''), '/confirm');
  const waiting = await db
    .selectFrom('enrolments')
    .select('id')
    .where('state', '=', 'pending')
    .executeTakeFirstOrThrow();
  expect(await post(admin, `admin/requests/${waiting.id}/refuse`, { reason: attack })).toBe(303);
  await server.to('ada@example.net', 2);
  // Of what the managers and administrators were told, too.
  await server.to('admin@example.org');
  expect(server.mails.length).toBeGreaterThan(3);
  expectClean();
});
