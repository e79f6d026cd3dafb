/** Every page of who is signed in, in a real browser: accessible, small, by itself, and usable with the keyboard alone (issue: pages). */
import type { Browser } from 'playwright-core';
import { memberTexts } from '../../src/http/pages/texts/member.ts';
import { openBrowser } from '../support/browser.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { lookAt, type MemberBrowser, signedIn } from '../support/member-browser.ts';

let browser: Browser;
let issuer: TestIssuer;
let member: MemberBrowser;

beforeAll(async () => {
  browser = await openBrowser();
  issuer = await startIssuer({ realTime: true });
  await knownEverywhere();
  member = await signedIn(browser, issuer, 'admin');
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

/** Presses Tab until what has the focus is called so; every stop on the way is seen. */
async function tabTo(name: string): Promise<void> {
  const { page } = keyboard;
  for (let stop = 0; stop < 60; stop += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<{ name: string; outline: string }>(`(() => {
      const { activeElement: e } = document;
      const labelled = e.labels?.[0]?.textContent ?? e.getAttribute('aria-label') ?? e.textContent;
      return { name: labelled.trim(), outline: getComputedStyle(e).outlineStyle };
    })()`);
    expect(focused.outline).not.toBe('none');
    if (focused.name === name) return;
  }
  throw new Error(`no way to ${name} with the keyboard`);
}

let keyboard: Pick<MemberBrowser, 'page'>;

test('login, account and applications are reached with the keyboard alone, and the first stop skips the navigation', async () => {
  const context = await browser.newContext();
  keyboard = { page: await context.newPage() };
  const { page } = keyboard;
  await page.goto(`${issuer.url}login?to=/account`);
  await page.getByLabel('Username').focus();
  await page.keyboard.type('alice');
  await tabTo('Password');
  await page.keyboard.type('alice-demo-password');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'My account', level: 1 }).waitFor();
  await tabTo('Skip to the content');
  await page.keyboard.press('Enter');
  expect(new URL(page.url()).hash).toBe('#content');
  await page.reload();
  await tabTo('Applications');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Applications', level: 1 }).waitFor();
  expect(await page.getByText('No application has access.').isVisible()).toBe(true);
  await context.close();
});

const bob = '5a1e0000-0000-4000-8000-000000000002';
/** Pages of one thing, below those of the navigation. */
const single = [
  ...['account/services/robot', 'account/services/robot/keys', `admin/accounts/${bob}/sign-in`],
  'admin/upstreams/home-institution',
];
const pages = [...Object.keys(memberTexts.sections).map((path) => path.slice(1)), ...single];

/** A service account of the administrator, and everything that an account can be known by. */
async function knownEverywhere(): Promise<void> {
  const { db } = issuer.database;
  const { id } = await db.selectFrom('accounts').select('id').where('username', '=', 'admin').executeTakeFirstOrThrow();
  await db.insertInto('accounts').values({ id: 'robot', username: 'robot', kind: 'service' }).execute();
  await db.insertInto('account_owners').values({ account_id: 'robot', owner_id: id }).execute();
  const identity = { issuer: 'https://idp.home-institution.example.org/oidc', subject: '105440632287425289613' };
  const provider = {
    ...{ name: 'home-institution', title: 'Home Institution', issuer: identity.issuer, clientId: 'lake' },
    required: [{ claim: 'eduperson_entitlement', anyOf: ['urn:mace:home-institution.example.org:group:lake:*'] }],
    assurance: { take: ['https://refeds.org/assurance/IAP/*'], always: ['https://refeds.org/assurance/ID/unique'] },
    ...{ acr: { 'urn:home:two-factors': 'https://refeds.org/profile/mfa' }, secondFactor: 'accepted' },
  };
  await db
    .insertInto('lake_settings')
    .values({ key: 'upstreams', value: JSON.stringify([provider]) })
    .execute();
  await db
    .insertInto('identities')
    .values({ ...identity, account_id: bob, declared: true })
    .execute();
  for (const account_id of ['robot', bob]) {
    const fingerprint = `SHA256:${account_id.padEnd(43, 'x')}`;
    await db
      .insertInto('ssh_keys')
      .values({ account_id, fingerprint, name: 'laptop', key: 'ssh-ed25519 AAAA' })
      .execute();
    const subject_dn = `CN=Robot: data transfers of ${account_id},OU=Computing,O=Example,DC=example,DC=org`;
    await db.insertInto('certificates').values({ account_id, subject_dn, issuer_dn: 'CN=Example CA,DC=org' }).execute();
  }
  const created_at = new Date(issuer.clock.now());
  await db.insertInto('one_time_codes').values({ account_id: bob, sealed: 'x', last_step: 0, created_at }).execute();
}

describe.each(pages)('/%s', (path) => {
  test('axe-core finds nothing, in both schemes and at both widths', async () => {
    expect(await member.open(path)).toBe(200);
    expect(await lookAt(member.page, path.replaceAll('/', '-'))).toEqual([]);
  });

  test('is below 50 kB and asks nothing of another origin', async () => {
    const asked: string[] = [];
    const note = (request: { url(): string }) => asked.push(new URL(request.url()).origin);
    member.page.on('request', note);
    const answer = await member.page.goto(`${issuer.url}${path}`);
    member.page.off('request', note);
    expect(Buffer.byteLength((await answer?.text()) ?? '')).toBeLessThan(50_000);
    expect(new Set(asked)).toEqual(new Set([new URL(issuer.url).origin]));
  });
});
