/** A group manager's day in a real browser without script: decide a request, invite, change dates, end a membership (issue: pages). */
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { lookAt, type MemberBrowser, signedIn } from '../support/member-browser.ts';

let browser: Browser;
let issuer: TestIssuer;
let manager: MemberBrowser;
let member: MemberBrowser;

const group = '/escape/cta';
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);

beforeAll(async () => {
  browser = await openBrowser();
  const lake = (await exampleLake()).replace('    manages: [/escape] ', `    manages: [${group}] `);
  issuer = await startIssuer({ realTime: true, lake });
  manager = await signedIn(browser, issuer, 'dana', { javaScriptEnabled: false });
  member = await signedIn(browser, issuer, 'bob', { javaScriptEnabled: false });
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

async function openGroup(path: string): Promise<void> {
  await manager.open('manage');
  await manager.page.getByRole('link', { name: path, exact: true }).click();
  await manager.page.getByRole('heading', { name: path, level: 1 }).waitFor();
}

test('the navigation leads a manager to its groups, and shows others nothing to manage', async () => {
  await manager.open('account');
  expect(await manager.page.getByRole('link', { name: 'Manage groups' }).count()).toBe(1);
  await member.open('account');
  expect(await member.page.getByRole('link', { name: 'Manage groups' }).count()).toBe(0);
  expect(await member.open('manage')).toBe(403);
});

test('a new group is made below, a member asks for it, and is accepted until a day', async () => {
  const { page } = manager;
  await manager.open('manage');
  await page.getByLabel('Path', { exact: true }).fill(`${group}/night`);
  await page.getByLabel('Description').fill('Night shifts');
  await page.getByRole('button', { name: 'Make the group' }).click();
  await page.getByText('The group is made.').waitFor();

  await member.open('groups/directory?search=night');
  await member.page.getByRole('link', { name: `${group}/night` }).click();
  await member.page.getByLabel('Why').fill('I take shifts in June');
  await member.page.getByRole('button', { name: 'Ask to join' }).click();
  await member.page.getByText('Your request waits').waitFor();

  await manager.open('manage/requests');
  expect(await page.getByText('I take shifts in June').isVisible()).toBe(true);
  await page.getByRole('link', { name: 'bob' }).click();
  await page.getByLabel('End of the membership').fill(inDays(20));
  await page.getByRole('button', { name: 'Accept' }).click();
  await page.getByText('The request is accepted.').waitFor();
  await member.open('groups');
  expect(await member.page.getByText(inDays(20).slice(0, 10)).isVisible()).toBe(true);
});

test('a link invites, once seen, and joins by a button', async () => {
  const { page } = manager;
  await openGroup(group);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('heading', { name: 'The invitation is made' }).waitFor();
  const text = (await page.getByRole('main').textContent()) ?? '';
  const link = /https?:\/\/\S+\/invitation\/[\w-]+/.exec(text)?.[0] ?? '';
  await member.page.goto(link);
  await member.page.getByRole('button', { name: 'Join' }).click();
  await member.page.getByText('You are a member now.').waitFor();
  await member.page.goto(link);
  expect(await member.page.getByText('This invitation does not work').isVisible()).toBe(true);
});

test('a membership gets an end, and is ended; the past says by whom', async () => {
  const { page } = manager;
  await openGroup(group);
  await page.getByRole('textbox', { name: 'Username' }).fill('bob');
  await page.getByLabel('Until', { exact: true }).fill(inDays(3));
  await page.getByLabel('Reason').fill('Guest for three days');
  await page.getByRole('button', { name: 'Save the membership' }).click();
  await page.getByText('The membership is saved.').waitFor();
  expect(await page.getByText('Guest for three days').first().isVisible()).toBe(true);
  await page.getByRole('button', { name: 'Remove bob' }).click();
  await page.getByText('The membership has ended').waitFor();
  await page.getByText('What happened to memberships').click();
  expect(await page.getByText('user:dana').first().isVisible()).toBe(true);
});

test('its pages are accessible in both schemes and at both widths', async () => {
  const looking = await signedIn(browser, issuer, 'dana');
  const { page } = looking;
  await looking.open('manage');
  await page.getByRole('link', { name: group, exact: true }).click();
  await page.getByRole('heading', { name: group, level: 1 }).waitFor();
  expect(await lookAt(page, 'manage-group')).toEqual([]);
  await page.getByRole('button', { name: 'Make the link' }).click();
  await page.getByRole('heading', { name: 'The invitation is made' }).waitFor();
  await page.goto(
    /https?:\/\/\S+\/invitation\/[\w-]+/.exec((await page.getByRole('main').textContent()) ?? '')?.[0] ?? '',
  );
  expect(await lookAt(page, 'invitation')).toEqual([]);
  await looking.open('groups/directory?search=night');
  await page.getByRole('link', { name: `${group}/night` }).click();
  await page.getByRole('button', { name: 'Ask to join' }).waitFor();
  expect(await lookAt(page, 'directory-group')).toEqual([]);
  await page.getByRole('button', { name: 'Ask to join' }).click();
  await looking.open('manage/requests');
  await page.getByRole('link', { name: 'dana' }).first().click();
  await page.getByRole('button', { name: 'Refuse' }).waitFor();
  expect(await lookAt(page, 'decide-request')).toEqual([]);
  await looking.context.close();
});
