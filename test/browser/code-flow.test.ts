/** A user in a real browser: from a portal through login and consent back to the portal. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepScreenshot, openBrowser } from '../support/browser.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Portal, startPortal } from '../support/portal.ts';

let browser: Browser;
let issuer: TestIssuer;
let portal: Portal;
let context: BrowserContext;
let page: Page;

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
  await forgetConsents();
  await open();
});

afterEach(() => context.close());

async function open(options: Parameters<Browser['newContext']>[0] = {}) {
  await context?.close();
  context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
}

async function forgetConsents() {
  await issuer.database.db.deleteFrom('consents').execute();
}

const scope = 'openid profile storage.read:/cta/open storage.modify:/ska/scratch';
const start = (parameters: Record<string, string> = {}) =>
  page.goto(portal.authorizeUrl(issuer.url, { scope, ...parameters }));

async function signIn(username = 'dana', password = `${username}-demo-password`) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const allow = () => page.getByRole('button', { name: 'Allow' }).click();
const atPortal = () => page.getByRole('heading', { name: 'Welcome back' }).waitFor();

test('login and consent lead back to the portal, whose code gives the token that was allowed', async () => {
  await start();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.getByText('to continue to Data Lake portal').isVisible()).toBe(true);
  await signIn();
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
  expect(await page.getByLabel('Read files below /cta/open').isChecked()).toBe(true);
  expect(await page.getByLabel('Create, change and delete files below /ska/scratch').isChecked()).toBe(true);
  await allow();
  await atPortal();
  expect(portal.callback().get('state')).toBe('st');
  expect(portal.callback().get('iss')).toBe(issuer.url);
  const { status, claims } = await portal.redeem(issuer.url);
  expect(status).toBe(200);
  expect(claims).toMatchObject({ scope, iss: issuer.url, acr: 'https://refeds.org/profile/sfa' });
});

test('a wrong password is said, announced, and may be corrected', async () => {
  await start();
  await signIn('dana', 'wrong');
  const alert = page.getByRole('alert');
  expect(await alert.textContent()).toBe('The username or the password is not right. Please try again.');
  expect(await page.getByLabel('Username').inputValue()).toBe('dana');
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  expect(await page.title()).toBe('Error: Sign in · Sluice');
  await signIn();
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
});

test('an unticked scope is missing in the token, and the remembered consent is not asked again', async () => {
  await start();
  await signIn();
  await page.getByLabel('Create, change and delete files below /ska/scratch').uncheck();
  await allow();
  await atPortal();
  const first = await portal.redeem(issuer.url);
  expect(first.body.scope).toBe('openid profile storage.read:/cta/open');

  await open();
  await start();
  await signIn();
  await atPortal();
  const second = await portal.redeem(issuer.url);
  expect(second.body.scope).toBe('openid profile storage.read:/cta/open');
});

test('a session signs in at once; a wider request and prompt=consent ask again', async () => {
  await start();
  await signIn();
  await allow();
  await atPortal();
  await start();
  await atPortal();
  await start({ scope: `${scope} storage.read:/magic` });
  await page.getByLabel('Read files below /magic').waitFor();
  await start({ prompt: 'consent' });
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
});

test('prompt=login and max_age ask for the password again, and login_hint fills the name in', async () => {
  await start({ login_hint: '"><script>alert(1)</script>' });
  expect(await page.getByLabel('Username').inputValue()).toBe('"><script>alert(1)</script>');
  await signIn();
  await allow();
  await atPortal();
  await start({ prompt: 'login', login_hint: 'dana' });
  expect(await page.getByText('the service asked for a fresh sign-in').isVisible()).toBe(true);
  await page.getByLabel('Password').fill('dana-demo-password');
  await page.keyboard.press('Enter');
  await atPortal();
});

test('what the policy refuses is shown with its reason before consent, without the embargo’s title', async () => {
  await start({ scope: 'openid storage.read:/cta/open storage.read:/cta/restricted/p17 wlcg.groups:/escape/cms' });
  await signIn();
  const refused = page.getByRole('region', { name: 'Not possible now' });
  expect(await refused.getByText('These data are under embargo.').isVisible()).toBe(true);
  expect(await refused.getByText('You are not a member of this group.').isVisible()).toBe(true);
  expect(await page.content()).not.toContain('CTA proposal');
  await allow();
  await atPortal();
  expect((await portal.redeem(issuer.url)).body.scope).toBe('openid storage.read:/cta/open');
});

test('when nothing can be given there is only the way back, and the portal learns why', async () => {
  await start({ scope: 'openid storage.read:/cta/restricted/p17' });
  await signIn();
  await page.getByRole('heading', { name: 'Data Lake portal cannot get this access' }).waitFor();
  expect(await page.getByRole('button').count()).toBe(1);
  await page.getByRole('button', { name: 'Back to Data Lake portal' }).click();
  await atPortal();
  expect(portal.callback().get('error')).toBe('invalid_scope');
  expect(portal.callback().get('error_description')).toBe('storage.read:/cta/restricted/p17 refused: embargoed');
});

test('refusing tells the portal access_denied', async () => {
  await start();
  await signIn();
  await page.getByRole('button', { name: 'Refuse' }).click();
  await atPortal();
  expect(portal.callback().get('error')).toBe('access_denied');
});

test('everything works without JavaScript', async () => {
  await open({ javaScriptEnabled: false });
  await start();
  await signIn('alice');
  await page.getByLabel('Read files below /cta/open').check();
  await allow();
  await atPortal();
  expect((await portal.redeem(issuer.url)).body.scope).toBe('openid profile storage.read:/cta/open');
});

test('another account takes over a session without JavaScript too', async () => {
  await open({ javaScriptEnabled: false });
  await start();
  await signIn('alice');
  await allow();
  await atPortal();
  await start({ prompt: 'login' });
  await signIn('dana');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
  expect(await page.getByText('dana', { exact: true }).isVisible()).toBe(true);
});

test('the keyboard is enough: every field and button is reached in order and shows its focus', async () => {
  await start();
  await page.locator('#username:focus').waitFor();
  await page.keyboard.type('dana');
  await page.keyboard.press('Tab');
  await page.keyboard.type('dana-demo-password');
  await page.keyboard.press('Tab');
  const focused = page.locator(':focus');
  expect(await focused.textContent()).toBe('Sign in');
  expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
  await page.getByRole('checkbox').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  expect(await page.locator(':focus').textContent()).toBe('Allow');
  await page.keyboard.press('Enter');
  await atPortal();
  expect((await portal.redeem(issuer.url)).body.scope).toBe('openid profile storage.modify:/ska/scratch');
});

test('signing out asks first and ends the session', async () => {
  await start();
  await signIn();
  await allow();
  await atPortal();
  await page.goto(`${issuer.url}logout`);
  await page.getByRole('button', { name: 'Yes, sign out' }).click();
  await page.getByRole('heading', { name: 'Signed out' }).waitFor();
  await start();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});

test('staying signed in is said, and keeps the session', async () => {
  await page.goto(`${issuer.url}login`);
  await signIn();
  await page.getByText('You are signed in as').waitFor();
  await page.goto(`${issuer.url}logout`);
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  await page.getByRole('heading', { name: 'You are still signed in' }).waitFor();
  expect(await page.getByText('Nothing was ended.').isVisible()).toBe(true);
  await page.goto(issuer.url);
  expect(await page.getByText('You are signed in as').isVisible()).toBe(true);
});

test('the start page leads to the login page, whose session serves the portal', async () => {
  await page.goto(issuer.url);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await signIn();
  await page.getByRole('heading', { name: 'My account' }).waitFor();
  await start();
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
});

test.each([
  ['light', 320],
  ['dark', 320],
  ['light', 1280],
  ['dark', 1280],
] as const)('pages fit without scrolling sideways in the %s scheme at %i px', async (scheme, width) => {
  await open({ colorScheme: scheme, viewport: { width, height: 640 } });
  const overflow = () =>
    page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
  await start({ scope: `${scope} offline_access storage.read:/a/${'long-name-'.repeat(20)} wlcg.groups:/escape/cms` });
  expect(await overflow()).toBe(0);
  await keepScreenshot(page, `login-${scheme}-${width}`);
  await signIn();
  await page.getByRole('heading', { name: 'Data Lake portal asks for access' }).waitFor();
  expect(await overflow()).toBe(0);
  await keepScreenshot(page, `consent-${scheme}-${width}`);
});
