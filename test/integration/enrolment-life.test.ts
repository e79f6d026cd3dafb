import { createAccountAdministration } from '../../src/accounts/create-administration.ts';
import { refused } from '../../src/accounts/refusal.ts';
import { createEnrolments, type EnrolmentDeps } from '../../src/enrolment/create-enrolments.ts';
import type { EnrolmentProof, NewEnrolment } from '../../src/enrolment/enrolment.ts';
import { ok } from '../../src/shared/result.ts';
import { createAgreementReminder } from '../../src/storage/acceptable-use-reminders.ts';
import { createAccountRecords } from '../../src/storage/account-records.ts';
import { createEnrolmentStore } from '../../src/storage/enrolments.ts';
import { agreementLake, firstVersion } from '../support/agreement.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';

const day = 86_400_000;
const place = { issuer: 'https://issuer.example/', product: 'issuer.example' };

let database: TestDatabase;
let now: number;
const clock = { now: () => now };

beforeEach(async () => {
  now = Date.parse('2026-11-22T12:00:00Z');
  database = await createTestDatabase();
});
afterEach(() => database?.drop());

async function start(enrolment: object, deps: Partial<EnrolmentDeps> = {}) {
  await applyLakeText(database.db, agreementLake({ more: { enrolment } }), { clock });
  const linked: unknown[] = [];
  const store = createEnrolmentStore(database.db, clock, place);
  const enrolments = createEnrolments({
    store,
    accounts: createAccountAdministration({ records: createAccountRecords(database.db), clock }),
    groups: { setMember: async () => ok(null) },
    managedBy: async () => [],
    linkIdentity: async (_context, accountId, { issuer, subject }) => ok(linked.push([accountId, issuer, subject])),
    clock,
    ...deps,
  });
  return { enrolments, store, linked };
}

const proof: EnrolmentProof = {
  upstream: 'institute',
  issuer: 'https://idp.example',
  subject: 'sub-1',
  values: { givenName: 'Ada', familyName: 'Lovelace', affiliation: 'Example Institute' },
  email: 'ada@example.net',
  emailVerified: true,
};

const asked = (more: Partial<NewEnrolment> = {}): NewEnrolment => ({
  email: 'ada@example.net',
  values: { givenName: 'Ada', familyName: 'Lovelace' },
  note: null,
  groups: [],
  proof: null,
  returnTo: null,
  address: '192.0.2.1',
  ...more,
});

const kinds = async () =>
  (await database.db.selectFrom('outbox').select('kind').orderBy('id').execute()).map(({ kind }) => kind);
const mails = () => database.db.selectFrom('outbox').selectAll().orderBy('id').execute();
const account = (username: string) =>
  database.db.selectFrom('accounts').selectAll().where('username', '=', username).executeTakeFirst();

test('who comes from an upstream provider cannot change what it said, and signs in there afterwards', async () => {
  const { enrolments, linked } = await start({ allow: 'upstream', approval: 'none' });
  const tried = { email: 'mallory@example.net', values: { givenName: 'Mallory', username: 'ada' }, proof };
  expect(await enrolments.ask(asked(tried))).toEqual(ok(null));
  const made = await account('ada');
  expect(made).toMatchObject({
    given_name: 'Ada',
    affiliation: 'Example Institute',
    email: 'ada@example.net',
    email_verified_at: expect.any(Date),
    password_hash: null,
  });
  expect(linked).toEqual([[made?.id, 'https://idp.example', 'sub-1']]);
  const [mail] = await mails();
  expect(mail).toMatchObject({
    kind: 'enrolment.accepted',
    data: { setPassword: false, url: `${place.issuer}login?to=%2Faccount` },
  });
});

test('an address that the upstream provider does not vouch for has to be proved', async () => {
  const { enrolments } = await start({ allow: 'upstream', approval: 'none' });
  await enrolments.ask(asked({ proof: { ...proof, emailVerified: false } }));
  expect([await kinds(), await account('alovelace')]).toEqual([['enrolment.confirm'], undefined]);
});

test('without an upstream login there is no way in where the lake wants one', async () => {
  const { enrolments } = await start({ allow: 'upstream' });
  expect(await enrolments.ask(asked())).toMatchObject({ ok: false, error: { code: 'not-allowed' } });
});

test('an identity that has become another’s meanwhile is not linked: the owner of the address sets a password', async () => {
  const { enrolments } = await start(
    { allow: 'upstream', approval: 'none' },
    { linkIdentity: async () => refused('taken', 'another account has it') },
  );
  await enrolments.ask(asked({ proof }));
  expect((await mails())[0]).toMatchObject({ data: { setPassword: true } });
});

test('nobody takes over an account by its address, whatever an upstream provider says (EG-23)', async () => {
  const { enrolments, linked } = await start({ allow: 'upstream', approval: 'none' });
  await database.db.updateTable('accounts').set({ email: 'Ada@example.net' }).where('username', '=', 'bob').execute();
  await enrolments.ask(asked({ proof }));
  expect([linked, await kinds()]).toEqual([[], ['enrolment.known']]);
});

test('what a process left half done the next one finishes, once', async () => {
  const { enrolments, store } = await start({ allow: 'anyone', confirmEmail: false });
  await enrolments.ask(asked());
  const [pending] = await database.db.selectFrom('enrolments').select('id').execute();
  const id = crypto.randomUUID();
  await store.claim(pending?.id ?? '', id, null, now);
  expect(await enrolments.finishAll()).toBe(0);
  now += 600_000;
  await Promise.all([enrolments.finishAll(), enrolments.finishAll()]);
  expect(await account('alovelace')).toMatchObject({ id });
  expect((await kinds()).filter((kind) => kind === 'enrolment.accepted')).toHaveLength(1);
  expect(await enrolments.finishAll()).toBe(0);
});

test('what nobody confirmed is deleted after two days, what was decided after ninety', async () => {
  const { enrolments, store } = await start({ allow: 'anyone' });
  await enrolments.ask(asked());
  expect(await store.purge(now + day)).toBe(0);
  expect(await store.purge(now + 3 * day)).toBe(1);
  await enrolments.ask(asked({ email: 'eve@example.net' }));
  await database.db
    .updateTable('enrolments')
    .set({ state: 'refused', decided_at: new Date(now) })
    .execute();
  expect(await store.purge(now + 89 * day)).toBe(0);
  expect(await store.purge(now + 91 * day)).toBe(1);
});

test('reminders of an agreement’s end go out once each, whatever process is first, and anew after signing', async () => {
  await start({});
  const { db } = database;
  const { id } = await db
    .updateTable('accounts')
    .set({ email: 'alice@example.org' })
    .where('username', '=', 'alice')
    .returning('id')
    .executeTakeFirstOrThrow();
  const sign = (endsAt: number) =>
    db
      .insertInto('acceptable_use_signatures')
      .values({
        ...{ account_id: id, version: firstVersion.name, text_digest: Buffer.alloc(32) },
        ...{ signed_at: new Date(now), signed_by: id, ends_at: new Date(endsAt) },
      })
      .execute();
  await sign(now + 100 * day);
  const reminder = createAgreementReminder(db, clock, place);
  const round = async () => {
    await Promise.all([reminder.purge(now), reminder.purge(now)]);
    return (await kinds()).length;
  };
  expect(await round()).toBe(0);
  now += 71 * day;
  expect([await round(), await round()]).toEqual([1, 1]);
  now += 24 * day;
  expect([await round(), await round()]).toEqual([2, 2]);
  await sign(now + 20 * day);
  expect(await round()).toBe(3);
  expect((await mails()).map(({ data }) => (data as { endsAt: string }).endsAt)).toEqual([
    '2027-03-02',
    '2027-03-02',
    '2027-03-17',
  ]);
});
