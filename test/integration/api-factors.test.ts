/** Administrators see which second factors an account has, and remove them when everything was lost. */
import type { Call } from '../support/api.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleUser, startPeopleIssuer } from '../support/people-api.ts';
import { setUpCodes, signIn } from '../support/second-factor.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let admin: Call;
let rita: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  [admin, rita, bob] = [
    await peopleUser(issuer, 'admin'),
    await peopleUser(issuer, 'rita'),
    await peopleUser(issuer, 'bob'),
  ];
});
afterAll(() => issuer?.close());

const alice = '5a1e0000-0000-4000-8000-000000000001';
const path = `/accounts/${alice}/factors`;
const nothing = { passkeys: [], oneTimeCode: null, recoveryCodesLeft: 0 };

test('an administrator removes them with a reason: audited, told by mail, and the password is enough again', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  await setUpCodes(issuer, agent);
  expect((await rita('GET', path)).body).toMatchObject({ oneTimeCode: { lastUsedAt: null }, recoveryCodesLeft: 10 });
  const removed = await admin('DELETE', `${path}?reason=lost%20phone`);
  expect([removed.status, removed.body]).toEqual([200, nothing]);
  const { db } = issuer.database;
  const entry = await db.selectFrom('audit_log').selectAll().where('action', '=', 'factors.removed').executeTakeFirst();
  expect(entry).toMatchObject({ actor: 'user:admin', reason: 'lost phone', object_id: alice });
  const mail = await db.selectFrom('outbox').select(['recipient', 'data']).orderBy('id', 'desc').executeTakeFirst();
  expect(mail).toMatchObject({ recipient: 'alice@example.org', data: { what: 'factors-removed', address: null } });
  const later = new UserAgent();
  expect((await signIn(issuer, later, 'alice', '/account/security')).status).toBe(200);
  expect((await admin('DELETE', path)).status).toBe(404);
});

test('readers and others remove nothing, and others see nothing', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  await setUpCodes(issuer, agent);
  expect((await rita('DELETE', path)).status).toBe(403);
  expect((await bob('DELETE', path)).status).toBe(404);
  expect((await bob('GET', path)).status).toBe(404);
  expect((await admin('GET', path)).body).toMatchObject({ recoveryCodesLeft: 10 });
});

test('passkeys that are the only way in are kept', async () => {
  const { db } = issuer.database;
  const id = '5a1e0000-0000-4000-8000-000000000002';
  const passkey = { user_handle: 'h', name: 'phone', public_key: Buffer.from('x'), counter: 0, synced: true };
  const created_at = new Date(issuer.clock.now());
  await db
    .insertInto('passkeys')
    .values({ id: 'p', account_id: id, ...passkey, created_at })
    .execute();
  await db.updateTable('accounts').set({ password_hash: null }).where('id', '=', id).execute();
  expect((await admin('DELETE', `/accounts/${id}/factors`)).status).toBe(409);
  expect((await admin('GET', `/accounts/${id}/factors`)).body.passkeys).toMatchObject([{ name: 'phone' }]);
});
