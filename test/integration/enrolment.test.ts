import { createTicketStore } from '../../src/storage/tickets.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let server: MailServer;
let issuer: TestIssuer;

beforeEach(async () => {
  server = await startMailServer();
});
afterEach(async () => {
  await issuer?.close();
  await server?.close();
});

async function start(enrolment: object): Promise<void> {
  const lake = JSON.parse(exchangeLake());
  lake.accounts[0] = { ...lake.accounts[0], roles: ['admin'], email: 'alice@example.org' };
  lake.accounts[1] = { ...lake.accounts[1], email: 'bob@example.org', manages: ['/vo/p17'] };
  issuer = await startIssuer({
    lake: JSON.stringify({ ...lake, enrolment }),
    config: { smtpUrl: server.url },
  });
}

const anyone = { allow: 'anyone', groups: ['/vo', '/vo/p17'] };
const entered = { givenName: 'Ada', familyName: 'Lovelace', email: 'ada@example.net', note: 'I know Charles.' };

const at = (path: string) => new URL(path, issuer.url);

async function ask(
  fields: Record<string, string | readonly string[]> = entered,
  agent = new UserAgent(),
): Promise<Page> {
  return agent.follow(await agent.submit(await agent.get(at('register-account')), '/register-account', fields));
}

async function confirm(address = entered.email): Promise<Page> {
  const [mail] = await server.to(address);
  const agent = new UserAgent();
  const page = await agent.get(mail?.link(issuer.url) ?? '');
  return agent.follow(await agent.submit(page, '/confirm'));
}

async function signedIn(username: string, password = `${username}-demo-password`): Promise<UserAgent> {
  const agent = new UserAgent();
  await agent.follow(await agent.submit(await agent.get(at('login')), '/login', { username, password }));
  return agent;
}

const accounts = () => issuer.database.db.selectFrom('accounts').selectAll().orderBy('username').execute();
const usernames = async () => (await accounts()).map(({ username }) => username);

test('from the form to an account in a group: address proved, accepted, password set, signed in', async () => {
  await start(anyone);
  const sent = await ask({ ...entered, groups: '/vo/p17' });
  expect(sent.html).toContain('Look at your mail');
  expect((await confirm()).html).toContain('waits for a decision');

  const alice = await signedIn('alice');
  expect((await server.to('alice@example.org'))[0]?.text).toContain('Ada Lovelace asks for an account');
  const page = await alice.get(at('admin/requests'));
  expect(page.html).toContain('I know Charles.');
  const accepted = await alice.follow(await alice.submit(page, '/accept'));
  expect(accepted.html).toContain('The account is made');

  const welcome = (await server.to(entered.email, 3)).at(-1);
  expect(welcome?.text).toContain('Your username is alovelace');
  const ada = new UserAgent();
  const password = 'seven lanterns over Turin';
  const form = await ada.get(welcome?.link(issuer.url) ?? '');
  const done = await ada.follow(await ada.submit(form, '/new', { password, again: password }));
  expect(done.html).toContain('Your password is set');
  const signed = await signedIn('alovelace', password);
  expect((await signed.get(at('account'))).html).toContain('ada@example.net');
  const account = (await accounts()).find(({ username }) => username === 'alovelace');
  expect(account?.email_verified_at).toEqual(expect.any(Date));
  const held = await issuer.database.db
    .selectFrom('memberships')
    .innerJoin('groups', 'groups.id', 'group_id')
    .select('path')
    .where('account_id', '=', account?.id ?? '')
    .execute();
  expect(held).toEqual([{ path: '/vo/p17' }]);
});

test('a refusal needs a reason, which is told to who asked', async () => {
  await start(anyone);
  await ask();
  await confirm();
  const alice = await signedIn('alice');
  const page = await alice.get(at('admin/requests'));
  const action = /action="([^"]+)\/accept"/.exec(page.html)?.[1] ?? '';
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const refuse = (reason: string) =>
    alice.request(at(`${action.slice(1)}/refuse`), 'POST', new URLSearchParams({ csrf, reason }), page.url);
  expect((await refuse('')).status).toBe(422);
  expect((await alice.follow(await refuse('Nobody here knows you.'))).html).toContain('is refused');
  expect((await server.to(entered.email, 3)).at(-1)?.text).toContain('Nobody here knows you.');
  expect(await usernames()).toEqual(['alice', 'bob']);
  expect((await refuse('Again.')).status).toBe(409);
});

test('of two who accept at once one does, and there is one account', async () => {
  await start(anyone);
  await ask();
  await confirm();
  const agents = await Promise.all([signedIn('alice'), signedIn('alice')]);
  const pages = await Promise.all(agents.map((agent) => agent.get(at('admin/requests'))));
  const answers = await Promise.all(agents.map((agent, index) => agent.submit(pages[index] as Page, '/accept')));
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 409]);
  expect(await usernames()).toEqual(['alice', 'alovelace', 'bob']);
});

test('managers decide about those for their groups, and see no others', async () => {
  await start({ ...anyone, approval: 'managers' });
  await ask({ ...entered, groups: '/vo/p17' });
  await confirm();
  await ask({ ...entered, email: 'eve@example.net', givenName: 'Eve', familyName: 'Else', groups: '/vo' });
  await confirm('eve@example.net');
  await server.to('bob@example.org');
  await server.to('alice@example.org');
  const bob = await signedIn('bob');
  const page = await bob.get(at('manage/registrations'));
  expect(page.html).toContain('Ada Lovelace');
  expect(page.html).not.toContain('Eve Else');
  await bob.follow(await bob.submit(page, '/accept'));
  expect(await usernames()).toEqual(['alice', 'alovelace', 'bob']);
  const eve = await issuer.database.db
    .selectFrom('enrolments')
    .select('id')
    .where('email', '=', 'eve@example.net')
    .executeTakeFirstOrThrow();
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const foreign = await bob.request(
    at(`manage/registrations/${eve.id}/accept`),
    'POST',
    new URLSearchParams({ csrf }),
    page.url,
  );
  expect(foreign.status).toBe(404);
});

test('without approval whoever proves an address has an account, with a username of its own', async () => {
  await start({ ...anyone, approval: 'none' });
  await ask({ ...entered, username: 'alice' });
  expect((await confirm()).html).toContain('Your account is there');
  expect(await usernames()).toEqual(['alice', 'alice2', 'bob']);
});

test('the answer is the same for an address and a name that have an account: only the mail tells (BF-05)', async () => {
  await start(anyone);
  const answer = async (fields: Record<string, string>) => {
    const agent = new UserAgent();
    const posted = await agent.submit(await agent.get(at('register-account')), '/register-account', fields);
    const shown = await agent.follow(posted);
    return [posted.status, posted.location?.href, posted.html, shown.html];
  };
  const stranger = await answer(entered);
  expect(await answer({ ...entered, email: 'BOB@example.org', username: 'bob' })).toEqual(stranger);
  expect(await answer(entered)).toEqual(stranger);
  expect((await server.to('BOB@example.org'))[0]?.text).toContain('It has one already: bob');
});

test('a link is good once, for two days, by a form and not by being opened', async () => {
  await start(anyone);
  await ask();
  const [mail] = await server.to(entered.email);
  const link = mail?.link(issuer.url) ?? '';
  const agent = new UserAgent();
  const page = await agent.get(link);
  expect((await agent.get(link)).status).toBe(200);
  issuer.clock.advance(2 * 86_400);
  expect((await agent.submit(page, '/confirm')).status).toBe(404);
  issuer.clock.advance(-2 * 86_400);
  expect((await agent.submit(page, '/confirm')).status).toBe(303);
  expect((await agent.submit(page, '/confirm')).status).toBe(404);
});

test('nobody fills an inbox, and a network that sends many forms has to wait', async () => {
  await start(anyone);
  for (let count = 0; count < 10; count += 1) expect((await ask()).status).toBe(200);
  const over = await ask();
  expect([over.status, Number(over.headers.get('retry-after')) > 0]).toEqual([429, true]);
  await server.to(entered.email, 3);
  const row = await issuer.database.db
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  expect(Number(row.count)).toBe(3);
});

test.each([
  ['a header in the address (XI-12)', { email: 'a@b.c\r\nBcc: x@y.example' }, 'expected a mail address'],
  ['no name', { givenName: ' ' }, 'expected a value'],
  ['a group that may not be asked for', { groups: '/vo/special' }, 'expected groups'],
  ['a note that is too long', { note: 'a'.repeat(2001) }, 'expected at most 2000'],
])('the form shows again what is wrong with it: %s', async (_, fields, message) => {
  await start(anyone);
  const shown = await ask({ ...entered, ...fields });
  expect([shown.status, shown.html.includes(message)]).toEqual([422, true]);
});

test('where nobody may register there is no form', async () => {
  await start({});
  const page = await new UserAgent().get(at('register-account'));
  expect([page.status, page.html.includes('Registration is closed')]).toEqual([403, true]);
});

test('after an upstream login the form shows what was said there, takes nothing else, and serves it in this browser alone', async () => {
  await start({ ...anyone, allow: 'upstream' });
  expect((await new UserAgent().get(at('register-account'))).status).toBe(403);
  const agent = new UserAgent();
  const proof = {
    ...{ upstream: 'Example Institute', issuer: 'https://idp.example', subject: 'sub-1', emailVerified: true },
    values: { givenName: 'Ada', familyName: 'Lovelace' },
    email: entered.email,
  };
  const tickets = createTicketStore(issuer.database.db, issuer.clock);
  const expiresAt = issuer.clock.now() + 60_000;
  const ticket = { purpose: 'enrolment', binding: null, accountId: null, payload: proof, expiresAt } as const;
  agent.keep(`sluice_enrolment=${await tickets.issue(ticket)}; path=/`);
  const page = await agent.get(at('register-account'));
  expect([page.html.includes('Example Institute says'), page.html.includes('name="givenName"')]).toEqual([true, false]);
  const sent = await agent.follow(
    await agent.submit(page, '/register-account', { givenName: 'Mallory', email: 'm@example.net', affiliation: 'X' }),
  );
  expect(sent.html).toContain('Look at your mail');
  const row = await issuer.database.db.selectFrom('enrolments').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({
    state: 'pending',
    email: entered.email,
    fields: { givenName: 'Ada', familyName: 'Lovelace', affiliation: 'X' },
    upstream: { issuer: 'https://idp.example', subject: 'sub-1' },
  });
  expect((await agent.get(at('register-account'))).status).toBe(403);
});
