/** The administrators' page of an account's identities, keys and second factors, over HTTP without script. */
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { setUpCodes, signIn } from '../support/second-factor.ts';
import { signedInAgent } from '../support/signed-in-agent.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

const alice = '5a1e0000-0000-4000-8000-000000000001';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGef6r3vWD49e5HpteyP6fy3/Z+oIG2f8y7ULwdkxgmn alice@laptop';
let issuer: TestIssuer;
let admin: UserAgent;

beforeEach(async () => {
  issuer = await startIssuer();
  admin = await signedInAgent(issuer, 'admin');
});
afterEach(() => issuer?.close());

const path = (id: string, step = '') => `/admin/accounts/${encodeURIComponent(id)}/${step === '' ? 'sign-in' : step}`;
const open = (id = alice, agent = admin) => agent.get(new URL(path(id).slice(1), issuer.url));
const idOf = async (username: string) => {
  const { db } = issuer.database;
  return (await db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow()).id;
};
/** From the page as it is now, to the page that says what was done. */
const submit = async (step: string, fields: Record<string, string>, id = alice) =>
  admin.follow(await admin.submit(await open(id), path(id, step), { reason: 'INC-7', ...fields }));

/** What the first option of a choice sends. */
const offered = ({ html }: Page, kind: string) =>
  new RegExp(`id="${kind}-which"[^>]*><option value="([^"]+)"`).exec(html)?.[1]?.replaceAll('&#34;', '"') ?? '';

test('each kind is added and removed with a reason, and the account is told', async () => {
  expect((await admin.get(new URL(`admin/accounts/${alice}`, issuer.url))).html).toContain(`href="${path(alice)}"`);
  const linked = await submit('identities', { issuer: 'https://idp.example.org', subject: 'a-1' });
  expect(linked.html).toContain('It is changed, and the account is told by mail.');
  expect(linked.html).toContain('<code>https://idp.example.org</code>');
  const added = await submit('ssh-keys', { key });
  expect(added.html).toMatch(/<code>SHA256:[^<]{43}<\/code>[\s\S]*alice@laptop/);
  const named = await submit('certificates', { certificate: 'CN=Alice,DC=example', authority: 'CN=CA,DC=example' });
  expect(named.html).toContain('<code>CN=CA,DC=example</code>');

  await submit('identities/remove', { which: offered(named, 'identities') });
  await submit('ssh-keys/remove', { which: offered(named, 'ssh-keys') });
  const last = await submit('certificates/remove', { which: offered(named, 'certificates') });
  for (const text of ['No identity is linked.', 'No SSH key.', 'No certificate.']) expect(last.html).toContain(text);
  const { db } = issuer.database;
  const entries = await db.selectFrom('audit_log').select(['action', 'actor', 'reason']).orderBy('id').execute();
  expect(entries.filter(({ action }) => /^(identity|ssh-key|certificate)\./.test(action))).toEqual(
    [
      'identity.linked',
      'ssh-key.added',
      'certificate.added',
      'identity.unlinked',
      'ssh-key.removed',
      'certificate.removed',
    ].map((action) => ({ action, actor: 'user:admin', reason: 'INC-7' })),
  );
  const mails = await db.selectFrom('outbox').select('recipient').execute();
  expect(mails).toEqual(mails.map(() => ({ recipient: 'alice@example.org' })));
  expect(mails).toHaveLength(6);
});

test('what is refused says why, stands there again, and nothing happens without a reason', async () => {
  const weak = await admin.submit(await open(), path(alice, 'ssh-keys'), { reason: 'x', key: 'ssh-rsa AAAA none' });
  expect([
    weak.status,
    weak.html.includes('ssh-rsa AAAA none'),
    weak.html.includes('expected one public SSH key'),
  ]).toEqual([...[422, true, true]]);
  const silent = await admin.submit(await open(), path(alice, 'ssh-keys'), { reason: ' ', key });
  expect([silent.status, silent.html.includes('expected a reason')]).toEqual([422, true]);
  const other = await submit('ssh-keys', { key }, await idOf('bob'));
  expect(other.status).toBe(200);
  const taken = await admin.submit(await open(), path(alice, 'ssh-keys'), { reason: 'x', key });
  expect([taken.status, taken.html.includes('linked to an account already')]).toEqual([409, true]);
});

test('lost second factors are removed with a reason and a mail, by somebody else only', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  await setUpCodes(issuer, agent);
  const removed = await submit('factors', {});
  expect(removed.html).toContain('The second factors are removed');
  expect(removed.html).toContain('The account has no second factor.');
  const { db } = issuer.database;
  const entry = await db.selectFrom('audit_log').selectAll().where('action', '=', 'factors.removed').executeTakeFirst();
  expect(entry).toMatchObject({ actor: 'user:admin', reason: 'INC-7', object_id: alice });
  const mail = await db.selectFrom('outbox').select(['recipient', 'data']).orderBy('id', 'desc').executeTakeFirst();
  expect(mail).toMatchObject({ recipient: 'alice@example.org', data: { what: 'factors-removed' } });

  const own = await idOf('admin');
  await db
    .insertInto('one_time_codes')
    .values({ account_id: own, sealed: 'x', last_step: 0, created_at: new Date() })
    .execute();
  const page = await open(own);
  expect(page.html).toContain('These are your own');
  expect(page.html).not.toContain(`action="${path(own, 'factors')}"`);
  const url = new URL(path(own, 'factors').slice(1), issuer.url);
  const csrf = /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const refused = await admin.request(url, 'POST', new URLSearchParams({ csrf, reason: 'x' }), page.url);
  expect(refused.status).toBe(403);
});

test('after a while a fresh login is asked for', async () => {
  issuer.clock.advance(3600);
  const page = await open();
  const late = await admin.submit(page, path(alice, 'ssh-keys'), { reason: 'x', key });
  expect(late.location?.pathname).toBe('/login');
});
