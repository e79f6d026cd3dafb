import { firstVersion } from '../support/agreement.ts';
import { type Call, callerWith, clientToken } from '../support/api.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { absentMailServer } from '../support/mail-server.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let write: Call;
let read: Call;

beforeAll(async () => {
  const lake = JSON.parse(exchangeLake());
  const bot = (clientId: string, scopes: string[]) => ({
    ...{ clientId, clientSecret: `${clientId}-demo-secret`, scopes },
    grantTypes: ['client_credentials'],
  });
  const robot = { id: 'robot-1', username: 'robot-one', kind: 'service' };
  const text = (issuerUrl: string) =>
    JSON.stringify({
      ...lake,
      accounts: [...lake.accounts, robot],
      clients: [
        ...lake.clients,
        bot('people-bot', ['people:read', 'people:write']),
        bot('people-eye', ['people:read']),
      ],
      enrolment: { allow: 'anyone', confirmEmail: false },
      storages: [...lake.storages, { name: 'ISSUER', audience: issuerUrl, kind: 'service' }],
      acceptableUse: { versions: [firstVersion] },
    });
  issuer = await startIssuer({
    lake: text('https://not-yet.example/'),
    config: { smtpUrl: await absentMailServer() },
  });
  // Its own name is known only now.
  await issuer.apply(text(issuer.url));
  write = callerWith(issuer, await clientToken(issuer, 'people-bot', 'people:read people:write'));
  read = callerWith(issuer, await clientToken(issuer, 'people-eye', 'people:read'));
});
afterAll(() => issuer?.close());

async function ask(email: string): Promise<void> {
  const agent = new UserAgent();
  const page = await agent.get(new URL('register-account', issuer.url));
  await agent.submit(page, '/register-account', { email, givenName: 'Ada', familyName: 'Lovelace' });
}

test('registrations are listed, accepted with a username, and refused with a reason', async () => {
  await ask('ada@example.net');
  issuer.clock.advance(1);
  await ask('eve@example.net');
  const { body } = await read('GET', '/enrolments');
  expect(body.items).toMatchObject([
    { email: 'ada@example.net', emailProved: false, values: { givenName: 'Ada' } },
    { email: 'eve@example.net' },
  ]);
  const [ada, eve] = body.items;
  expect((await read('POST', `/enrolments/${ada.id}/accept`, { body: {} })).status).toBe(403);
  const taken = await write('POST', `/enrolments/${ada.id}/accept`, { body: { username: 'bob' } });
  expect([taken.status, taken.body.errors?.[0]?.pointer]).toEqual([409, '/username']);
  const accepted = await write('POST', `/enrolments/${ada.id}/accept`, { body: { username: 'ada' } });
  expect(accepted.body).toMatchObject({ state: 'accepted', decidedBy: 'people-bot' });
  expect((await write('GET', `/accounts/${accepted.body.accountId}`)).body).toMatchObject({ username: 'ada' });
  expect((await write('POST', `/enrolments/${ada.id}/refuse`, { body: { reason: 'late' } })).status).toBe(409);
  expect((await write('POST', `/enrolments/${eve.id}/refuse`, { body: {} })).status).toBe(400);
  const refused = await write('POST', `/enrolments/${eve.id}/refuse`, { body: { reason: 'unknown here' } });
  expect(refused.body).toMatchObject({ state: 'refused', reason: 'unknown here' });
  const unknown = await write('POST', `/enrolments/${crypto.randomUUID()}/accept`, { body: {} });
  expect(unknown.status).toBe(404);
});

test('pages of registrations stay whole, and a cursor is of one list', async () => {
  for (const name of ['one', 'two', 'three']) await ask(`${name}@example.net`);
  issuer.clock.advance(1);
  const first = await read('GET', '/enrolments?limit=2');
  const second = await read('GET', `/enrolments?limit=2&cursor=${first.body.next}`);
  const emails = [...first.body.items, ...second.body.items].map(({ email }: { email: string }) => email);
  expect([emails.length, new Set(emails).size, second.body.next]).toEqual([3, 3, null]);
  expect((await read('GET', `/enrolments?state=refused&cursor=${first.body.next}`)).status).toBe(400);
});

test('a version is published once, and a service account is signed for on its behalf', async () => {
  const next = { name: '2027-1', text: 'Be kinder.', validDays: 30 };
  expect((await write('POST', '/acceptable-use/versions', { body: next })).status).toBe(201);
  expect((await write('POST', '/acceptable-use/versions', { body: next })).status).toBe(409);
  const { body } = await read('GET', '/acceptable-use/versions');
  expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['2027-1', '2026-1']);
  const sign = { accountId: 'robot-1', version: '2027-1', reason: 'on behalf of the data team' };
  expect((await write('POST', '/acceptable-use/signatures', { body: sign })).body).toMatchObject({
    username: 'robot-one',
    endsAt: '2026-12-22T12:00:02Z',
  });
  expect((await write('POST', '/acceptable-use/signatures', { body: { ...sign, version: '2026-1' } })).status).toBe(
    409,
  );
  const { id } = await issuer.database.db
    .selectFrom('accounts')
    .select('id')
    .where('username', '=', 'bob')
    .executeTakeFirstOrThrow();
  const forBob = await write('POST', '/acceptable-use/signatures', { body: { ...sign, accountId: id } });
  expect(forBob.status).toBe(403);
  const signed = await read('GET', '/acceptable-use/signatures?username=robot-one');
  expect(signed.body.items).toMatchObject([{ version: '2027-1', signedBy: null }]);
});

test('mails are listed without what they say, and a waiting one is tried again', async () => {
  const { body } = await read('GET', '/outbox?state=waiting&search=ADA@');
  expect(body.items[0]).toMatchObject({ recipient: 'ada@example.net', state: 'waiting' });
  expect(JSON.stringify(body)).not.toMatch(/token|password=/);
  const retried = await write('POST', `/outbox/${body.items[0].id}/retry`, { body: {} });
  expect([retried.status, retried.body.state]).toEqual([200, 'waiting']);
  expect((await write('POST', '/outbox/999999/retry', { body: {} })).status).toBe(404);
});
