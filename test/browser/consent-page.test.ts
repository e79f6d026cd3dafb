/** What a user sees in a real browser before allowing: paths, dates and reasons, at every width and in both schemes. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepScreenshot, openBrowser } from '../support/browser.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { embargoTitle, policyLake } from '../support/policy-lake.ts';

const runs = Array.from({ length: 30 }, (_, index) => `/data/run-${String(index + 1).padStart(3, '0')}`);
const set = ['storage.read:/dune', 'storage.read:/data/open'];
const lake = policyLake(Date.now(), { namespace: runs, set });
let browser: Browser;
let issuer: TestIssuer;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  issuer = await startIssuer({ lake, realTime: true });
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

afterEach(() => context?.close());

async function open(options: Parameters<Browser['newContext']>[0] = {}) {
  context = await browser.newContext(options);
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
}

async function askFor(client: string, scope: string, username = 'bob') {
  const redirect_uri = 'http://localhost:9000/callback';
  const query = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    redirect_uri,
    scope,
    audience: 'tree',
  });
  await page.goto(`${issuer.url}authorize?${query}`);
  await signIn(username);
}

async function signIn(username: string) {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password').fill(`${username}-demo-password`);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const overflow = () =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');

const broad = 'openid offline_access wlcg.groups storage.read:/data';

describe.each([
  ['light', 320],
  ['dark', 320],
  ['light', 1280],
  ['dark', 1280],
] as const)('in the %s scheme at %i px', (colorScheme, width) => {
  test('thirty paths that stand for one are all there, the first eight at once', async () => {
    await open({ colorScheme, viewport: { width, height: 640 } });
    await askFor('wide', broad);
    await page.getByText('Given for these 33 parts:').waitFor();
    expect(await page.getByText('/data/emb/calib', { exact: true }).isVisible()).toBe(true);
    expect(await page.getByText('/data/run-030', { exact: true }).isVisible()).toBe(false);
    expect(await overflow()).toBe(0);
    await keepScreenshot(page, `consent-expanded-${colorScheme}-${width}`);
    await page.getByText('Show 25 more').click();
    expect(await page.getByText('/data/run-030', { exact: true }).isVisible()).toBe(true);
    expect(await overflow()).toBe(0);
  });

  test('a scope that was narrowed, a set, a refused group and an early end are told', async () => {
    await open({ colorScheme, viewport: { width, height: 640 } });
    const scope = 'openid storage.create:/ storage.read:/data/emb wlcg.capabilityset:/vo/dune wlcg.groups:/vo/p17';
    await askFor('portal', scope, 'alice');
    await page.getByRole('heading', { name: 'The portal asks for access' }).waitFor();
    expect(await page.getByText('Given for a part only:').isVisible()).toBe(true);
    expect(await page.getByText('Read files below /data/open').isVisible()).toBe(true);
    expect(await page.getByText('access to them is given for short times').isVisible()).toBe(true);
    expect(await page.getByText('Without this, the access would last longer.').count()).toBe(1);
    expect(await page.getByText('This group cannot be named together with storage access.').isVisible()).toBe(true);
    expect(await page.content()).not.toContain(embargoTitle);
    expect(await overflow()).toBe(0);
    await keepScreenshot(page, `consent-narrowed-${colorScheme}-${width}`);
  });
});

test('fifty scopes asked one by one are a list that can be read and unticked', async () => {
  await open({ viewport: { width: 320, height: 640 } });
  const asked = Array.from({ length: 50 }, (_, index) => `storage.read:/dune/set-${index + 1}`);
  await askFor('portal', ['openid', ...asked].join(' '));
  await page.getByLabel('Read files below /dune/set-50').uncheck();
  expect(await page.getByRole('checkbox').count()).toBe(50);
  expect(await overflow()).toBe(0);
});

test('without JavaScript the folded paths open too', async () => {
  await open({ javaScriptEnabled: false });
  await askFor('wide', broad);
  await page.getByText('Show 25 more').click();
  await page.getByText('/data/run-030', { exact: true }).waitFor();
});

test('the device flow shows the same after the code was confirmed', async () => {
  await open();
  const body = new URLSearchParams({ client_id: 'cli', scope: broad, audience: 'tree' });
  const answer = await fetch(`${issuer.url}devicecode`, { method: 'POST', body });
  const device = (await answer.json()) as Record<string, string>;
  await page.goto(device.verification_uri ?? '');
  await page.getByLabel('Code', { exact: true }).fill(device.user_code ?? '');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Yes, continue' }).click();
  await signIn('bob');
  await page.getByRole('heading', { name: 'The terminal asks for access' }).waitFor();
  expect(await page.getByText('Given for these 33 parts:').isVisible()).toBe(true);
  expect(await page.getByText('A part of these data is under embargo.').isVisible()).toBe(true);
  await keepScreenshot(page, 'consent-device-light-1280');
});
