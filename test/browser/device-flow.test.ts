/** A user in a real browser who connects a device (RFC 8628 section 3.3). */
import { decodeJwt } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepScreenshot, openBrowser } from '../support/browser.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let browser: Browser;
let issuer: TestIssuer;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  issuer = await startIssuer({ realTime: true });
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

beforeEach(async () => {
  context = await browser.newContext();
  context.setDefaultTimeout(10_000);
  page = await context.newPage();
});

afterEach(() => context.close());

async function post(path: string, form: Record<string, string>) {
  const response = await fetch(`${issuer.url}${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return (await response.json()) as Record<string, string>;
}

const startDevice = () => post('devicecode', { client_id: 'cli', scope: 'openid storage.read:/cta/open' });
const poll = (deviceCode: string) =>
  post('token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: 'cli',
    device_code: deviceCode,
  });

async function enter(code: string) {
  await page.getByLabel('Code', { exact: true }).fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signInAndAllow() {
  await page.getByLabel('Username').fill('bob');
  await page.getByLabel('Password').fill('bob-demo-password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).click();
}

test('the code is entered, confirmed, allowed, and the device gets its token', async () => {
  const device = await startDevice();
  await page.goto(device.verification_uri ?? '');
  await enter((device.user_code ?? '').toLowerCase().replace('-', ''));
  await page.getByRole('heading', { name: 'Is this your device?' }).waitFor();
  expect(await page.getByText(device.user_code ?? '').isVisible()).toBe(true);
  expect(await page.getByText('127.0.0.1').isVisible()).toBe(true);
  expect(await page.getByText('cli wants to act for you on another device.').isVisible()).toBe(true);
  await keepScreenshot(page, 'device-confirm-light-1280');
  await page.getByRole('button', { name: 'Yes, continue' }).click();
  await signInAndAllow();
  await page.getByRole('heading', { name: 'Device connected' }).waitFor();
  const token = await poll(device.device_code ?? '');
  expect(token.scope).toBe('openid storage.read:/cta/open');
  expect(decodeJwt(token.access_token ?? '').client_id).toBe('cli');
});

test('the complete address still asks for confirmation, with and without JavaScript', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const device = await startDevice();
    await context.close();
    context = await browser.newContext({ javaScriptEnabled });
    page = await context.newPage();
    await page.goto(device.verification_uri_complete ?? '');
    if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Is this your device?' }).waitFor();
    expect((await poll(device.device_code ?? '')).error).toBe('authorization_pending');
  }
});

test('refusing ends the request for the device', async () => {
  const device = await startDevice();
  await page.goto(device.verification_uri ?? '');
  await enter(device.user_code ?? '');
  await page.getByRole('button', { name: 'No, refuse' }).click();
  await page.getByRole('heading', { name: 'Request refused' }).waitFor();
  expect((await poll(device.device_code ?? '')).error).toBe('access_denied');
});

test('refusing on the consent page ends the request for the device too', async () => {
  const device = await startDevice();
  await page.goto(device.verification_uri ?? '');
  await enter(device.user_code ?? '');
  await page.getByRole('button', { name: 'Yes, continue' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'Request refused' }).waitFor();
  expect((await poll(device.device_code ?? '')).error).toBe('access_denied');
});

test('an unknown code is said and shown again as text (XI-04)', async () => {
  await page.goto(`${issuer.url}device`);
  await enter('<script>alert(1)</script>');
  expect(await page.getByRole('alert').textContent()).toContain('This code is not known');
  expect(await page.getByLabel('Code', { exact: true }).inputValue()).toBe('<script>alert(1)</script>');
});
