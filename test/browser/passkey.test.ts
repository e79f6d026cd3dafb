/** Passkeys in a real browser with a virtual authenticator: made, used alone, used as the second step, refused once removed. */
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { lookAt } from '../support/member-browser.ts';
import { type Portal, startPortal } from '../support/portal.ts';

const mfa = 'https://refeds.org/profile/mfa';

let browser: Browser;
let issuer: TestIssuer;
let portal: Portal;
let context: BrowserContext;
let page: Page;
let devices: CDPSession;
let device: string;

beforeAll(async () => {
  browser = await openBrowser();
  portal = await startPortal();
  issuer = await startIssuer({ lake: portal.lake, realTime: true });
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
  await portal?.close();
});

beforeEach(async () => {
  const { db } = issuer.database;
  await db.deleteFrom('passkeys').execute();
  await db.deleteFrom('recovery_codes').execute();
  await open();
});

afterEach(() => context.close());

async function open(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
  devices = await context.newCDPSession(page);
  await devices.send('WebAuthn.enable');
  device = await addDevice(true);
}

/** A device that knows its user; what it is asked it answers at once. */
async function addDevice(isUserVerified: boolean): Promise<string> {
  const { authenticatorId } = await devices.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified,
      automaticPresenceSimulation: true,
    },
  });
  return authenticatorId;
}

async function signIn(): Promise<void> {
  await page.goto(`${issuer.url}login?to=/account/security`);
  await enterPassword();
}

async function enterPassword(): Promise<void> {
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('alice-demo-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function addPasskey(name = 'phone'): Promise<void> {
  await page.goto(`${issuer.url}account/security/passkey`);
  await page.getByLabel('Name of the passkey').fill(name);
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  await page.getByRole('link', { name: 'I have kept them' }).click();
}

const isIn = () => page.getByRole('heading', { name: 'Sign-in and security' }).waitFor();

test('a passkey that was made is listed, and signs in by itself to a token with the class of two factors', async () => {
  await signIn();
  await addPasskey();
  await page.getByRole('rowheader', { name: 'phone' }).waitFor();
  await context.clearCookies();
  await page.goto(portal.authorizeUrl(issuer.url, { scope: 'openid', acr_values: mfa }));
  await page.getByRole('link', { name: 'Sign in with a passkey' }).click();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  const { claims } = await portal.redeem(issuer.url);
  expect(claims).toMatchObject({ sub: '5a1e0000-0000-4000-8000-000000000001' });
  const { db } = issuer.database;
  const [used] = await db.selectFrom('passkeys').select(['last_used_at', 'counter']).execute();
  expect(used?.last_used_at).not.toBeNull();
  expect(Number(used?.counter)).toBeGreaterThan(1);
});

test('after the password it is the second step', async () => {
  await signIn();
  await addPasskey();
  await context.clearCookies();
  await signIn();
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await isIn();
});

test('one that was removed is refused, and so is a copy of the device whose count is behind', async () => {
  await signIn();
  await addPasskey();
  const { credentials } = await devices.send('WebAuthn.getCredentials', { authenticatorId: device });
  await context.clearCookies();
  await page.goto(`${issuer.url}login/passkey?to=/account/security`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await isIn();
  // The copy knows nothing of that use.
  const [copy] = credentials;
  await devices.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device });
  const thief = await addDevice(true);
  await devices.send('WebAuthn.addCredential', {
    authenticatorId: thief,
    credential: { ...copy, signCount: 0 } as never,
  });
  await context.clearCookies();
  await page.goto(`${issuer.url}login/passkey?to=/account/security`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'not known here' }).waitFor();
  await issuer.database.db.deleteFrom('passkeys').execute();
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'not known here' }).waitFor();
});

test('a device that does not know its user is no passkey alone', async () => {
  await signIn();
  await addPasskey();
  await context.clearCookies();
  await devices.send('WebAuthn.setUserVerified', { authenticatorId: device, isUserVerified: false });
  await page.goto(`${issuer.url}login/passkey?to=/account/security`);
  await page.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByRole('alert').filter({ hasText: 'gave no passkey' }).waitFor();
  expect((await page.goto(`${issuer.url}account/security`))?.url()).toContain('/login');
});

test('it is removed on the page, and the last way in is kept', async () => {
  const { db } = issuer.database;
  await signIn();
  await addPasskey();
  const before = await db
    .selectFrom('accounts')
    .select('password_hash')
    .where('username', '=', 'alice')
    .executeTakeFirst();
  await db.updateTable('accounts').set({ password_hash: null }).where('username', '=', 'alice').execute();
  await page.getByRole('button', { name: 'Remove phone' }).click();
  await page.getByRole('alert').filter({ hasText: 'last way to sign in' }).waitFor();
  await db
    .updateTable('accounts')
    .set({ password_hash: before?.password_hash ?? null })
    .where('username', '=', 'alice')
    .execute();
  await page.getByRole('button', { name: 'Remove phone' }).click();
  await page.getByRole('status').filter({ hasText: 'was removed' }).waitFor();
  expect(await db.selectFrom('passkeys').selectAll().execute()).toEqual([]);
});

test('the pages with and without factors are accessible, in both schemes and at both widths', async () => {
  // For axe-core; our own script needs none.
  await open({ bypassCSP: true });
  await signIn();
  for (const path of ['passkey', 'one-time-code', 'password']) {
    await page.goto(`${issuer.url}account/security/${path}`);
    expect(await lookAt(page, `security-${path}`)).toEqual([]);
  }
  await addPasskey();
  await isIn();
  expect(await lookAt(page, 'security')).toEqual([]);
  await context.clearCookies();
  await page.goto(`${issuer.url}login/passkey`);
  expect(await lookAt(page, 'login-passkey')).toEqual([]);
  await signIn();
  await page.getByRole('heading', { name: 'Confirm that it is you' }).waitFor();
  expect(await lookAt(page, 'second-factor')).toEqual([]);
});
