/** A member makes a client of their own in a browser without script, asks for more, and an administrator grants it (issue: people, groups and the pages they use, section 2). */
import type { Browser } from 'playwright-core';
import { apiLake } from '../support/api.ts';
import { openBrowser } from '../support/browser.ts';
import { basic, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { lookAt, type MemberBrowser, signedIn } from '../support/member-browser.ts';

let browser: Browser;
let issuer: TestIssuer;
let member: MemberBrowser;
let looking: MemberBrowser;
let admin: MemberBrowser;

beforeAll(async () => {
  browser = await openBrowser();
  const lake = (await apiLake()).replace(/allow: \w+/, 'allow: users');
  issuer = await startIssuer({ lake, realTime: true });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  member = await signedIn(browser, issuer, 'alice', { javaScriptEnabled: false });
  looking = await signedIn(browser, issuer, 'alice');
  admin = await signedIn(browser, issuer, 'admin');
});
afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

test('makes a service, asks, is granted a part, and the token carries it', async () => {
  const { page } = member;
  await member.open('account/clients');
  await page.getByRole('link', { name: 'New client' }).click();
  await page.getByLabel('What is it?').selectOption('service');
  await page.getByLabel('Name', { exact: true }).fill('Night copies');
  await page.getByLabel('Scopes to ask for').fill('policy:read\nstorage.modify:/');
  await page.getByLabel('Flows to ask for, one a line').fill('client_credentials');
  await page.getByRole('button', { name: 'Make the client' }).click();
  expect(await page.getByLabel('What it is for').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('What it is for').fill('copies data at night');
  await page.getByRole('button', { name: 'Make the client' }).click();

  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('The client is made');
  const [secret = '', settings = '{}'] = await page.locator('pre code').allTextContents();
  const { client_id: id } = JSON.parse(settings);
  const token = (scope: string) =>
    post(
      issuer,
      '/token',
      { grant_type: 'client_credentials', scope },
      { headers: { authorization: basic(id, secret) } },
    );
  expect((await token('policy:read')).status).toBe(400);

  await admin.open('admin/clients');
  await admin.page.getByRole('link', { name: 'Requests (1)' }).click();
  expect(await lookAt(admin.page, 'client-requests')).toEqual([]);
  await admin.page.getByRole('link', { name: 'Night copies' }).click();
  await admin.page.getByLabel('Scopes to ask for').fill('policy:read');
  expect(await lookAt(admin.page, 'client-request')).toEqual([]);
  await admin.page.getByRole('button', { name: 'Grant this' }).click();
  expect(await admin.page.getByRole('status').textContent()).toBe('The request was granted.');

  expect((await token('policy:read')).body.scope).toBe('policy:read');
  expect((await token('storage.modify:/')).body.error).toBe('invalid_scope');

  await page.getByRole('link', { name: 'Go to the client' }).click();
  await page.getByRole('button', { name: 'Make a new secret' }).click();
  const next = (await page.locator('pre code').allTextContents())[0] ?? '';
  expect(next).not.toBe(secret);
  await page.getByRole('link', { name: 'Go to the client' }).click();
  await page.getByRole('button', { name: 'End the previous secret' }).click();
  expect((await token('policy:read')).status).toBe(401);
  const withNext = { headers: { authorization: basic(id, next) } };
  const fields = { grant_type: 'client_credentials', scope: 'policy:read' };
  expect((await post(issuer, '/token', fields, withNext)).status).toBe(200);

  await looking.open(`account/clients/${id}`);
  expect(await lookAt(looking.page, 'own-client')).toEqual([]);
  await looking.open(`account/clients/${id}/edit`);
  expect(await lookAt(looking.page, 'own-client-edit')).toEqual([]);
  await admin.open(`admin/clients/${id}`);
  expect(await lookAt(admin.page, 'admin-client')).toEqual([]);
});

test('edits, invites an owner who accepts, leaves it, and what is wrong is said at its field', async () => {
  const { page } = member;
  await member.open('account/clients/new');
  await page.getByLabel('Name', { exact: true }).fill('Plots');
  await page.getByLabel('Redirect addresses').fill('http://elsewhere.example/cb');
  await page.getByRole('button', { name: 'Make the client' }).click();
  expect(await page.getByLabel('Redirect addresses').getAttribute('aria-invalid')).toBe('true');
  await page.getByLabel('Redirect addresses').fill('https://plots.example/cb');
  await page.getByRole('button', { name: 'Make the client' }).click();
  await page.getByRole('link', { name: 'Go to the client' }).click();
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  await page.getByLabel('Name', { exact: true }).fill('Better plots');
  await page.getByRole('button', { name: 'Save' }).click();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Better plots');
  for (const username of ['bob', 'nobody-of-this-name']) {
    await page.getByLabel('Ask somebody to own it too').fill(username);
    await page.getByRole('button', { name: 'Ask', exact: true }).click();
    expect(await page.getByRole('status').textContent()).toBe('If there is such an account, it was asked.');
  }
  await page.getByRole('button', { name: 'Take out alice' }).click();
  expect(await page.getByRole('alert').textContent()).toContain('the last owner stays');

  const bob = await signedIn(browser, issuer, 'bob');
  await bob.open('account/clients');
  expect(await lookAt(bob.page, 'client-invitation')).toEqual([]);
  await bob.page.getByRole('button', { name: 'Accept to own Better plots' }).click();
  expect(await bob.page.getByRole('link', { name: 'Better plots' }).count()).toBe(1);
  await member.open('account/clients');
  await page.getByRole('link', { name: 'Better plots' }).click();
  await page.getByRole('button', { name: 'Take out alice' }).click();
  expect(await page.getByRole('link', { name: 'Better plots' }).count()).toBe(0);

  await bob.page.getByRole('link', { name: 'Better plots' }).click();
  await bob.page.getByRole('link', { name: 'Delete', exact: true }).click();
  expect(await lookAt(bob.page, 'client-delete')).toEqual([]);
  await bob.page.getByRole('button', { name: 'Delete', exact: true }).click();
  expect(await bob.page.getByRole('status').textContent()).toBe('The client was deleted.');
});

test('the pages of administrators filter and search', async () => {
  await admin.open('admin/clients?show=without-owner&search=rules');
  expect(await admin.page.getByRole('row').allTextContents()).toHaveLength(3);
  expect(await lookAt(admin.page, 'admin-clients')).toEqual([]);
  await admin.open('admin/clients/new');
  expect(await lookAt(admin.page, 'admin-client-new')).toEqual([]);
});
