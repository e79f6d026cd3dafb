/** An embargo manager's day in a real browser without script: make an embargo after a look at its impact, extend it, release it (issue: pages). */
import type { Browser } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { lookAt, type MemberBrowser, signedIn } from '../support/member-browser.ts';

let browser: Browser;
let issuer: TestIssuer;
let manager: MemberBrowser;

const storage = 'https://ccdcalitest10.in2p3.fr:2880';
const path = '/pnfs/in2p3.fr/data/escape/cc_in2p3_dcache/cta/open/night-9';

beforeAll(async () => {
  browser = await openBrowser();
  const lake = (await exampleLake()).replace(
    '    username: dana\n',
    '    username: dana\n    roles: [embargo-manager]\n',
  );
  issuer = await startIssuer({ realTime: true, lake });
  manager = await signedIn(browser, issuer, 'dana', { javaScriptEnabled: false });
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

/** What a crawler gets that reads what is open, and is party to no embargo. */
async function crawl(): Promise<string | undefined> {
  const answer = await fetch(`${issuer.url}token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('catalogue:catalogue-demo-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: `storage.read:${path}`, audience: storage }),
  });
  return ((await answer.json()) as { scope?: string }).scope;
}

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);

async function fillNew(): Promise<void> {
  const { page } = manager;
  await page.getByLabel('Name of the embargo').fill('cta-night-9');
  await page.getByLabel('Title').fill('CTA, ninth night');
  await page.getByLabel('Path', { exact: true }).fill('/cta/open/night-9');
  await page.getByLabel('Until (UTC)').fill(inDays(30));
  await page.getByLabel('Who takes part').fill('group:/escape/cta/p17 pi\nclient:rucio mover read, stage, modify');
}

test('an embargo is made, after a look at who loses what, and the data are closed at once', async () => {
  const { page, open } = manager;
  expect(await crawl()).toBe(`storage.read:${path}`);
  expect(await open('embargoes/new')).toBe(200);
  await fillNew();
  await page.getByLabel('Close data that are open now').check();
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await page.getByRole('heading', { name: 'What it would change' }).waitFor();
  const impact = await page.getByRole('main').textContent();
  expect(impact).toContain('catalogue');
  expect(impact).toMatch(/[1-9]\d*\s*services would lose something/);
  expect(impact).toMatch(/1\s*tokens are out that reach the path/);
  expect(await crawl()).toBe(`storage.read:${path}`);
  await page.getByLabel('Reason').fill('Proprietary for a month');
  await page.getByRole('button', { name: 'Make the embargo' }).click();
  await page.getByText('The embargo was made. Every server decides by it.').waitFor();
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('cta-night-9');
  expect(await page.getByText('Proprietary for a month').isVisible()).toBe(true);
  expect(await crawl()).toBeUndefined();
});

test('it stands in the timeline, and in the table that says the same', async () => {
  const { page, open } = manager;
  expect(await open('embargoes')).toBe(200);
  expect(await page.getByRole('img', { name: 'Embargoes over the tree of paths' }).isVisible()).toBe(true);
  expect(await page.getByRole('link', { name: 'cta-night-9' }).isVisible()).toBe(true);
  expect(await page.locator('svg text.name').allTextContents()).toContain('/cta/open/night-9');
});

test('it is extended with a reason', async () => {
  const { page, open } = manager;
  await open('embargoes/cta-night-9');
  await page.getByRole('link', { name: 'Extend' }).click();
  await page.getByLabel('Until (UTC)').fill(inDays(60));
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await page.getByRole('heading', { name: 'What it would change' }).waitFor();
  await page.getByLabel('Reason').fill('The referee asks for more time');
  await page.getByRole('button', { name: 'Extend', exact: true }).click();
  await page.getByText('The embargo was extended.').waitFor();
  expect(await page.getByText('The referee asks for more time').isVisible()).toBe(true);
  expect(await page.getByRole('main').textContent()).toContain(inDays(60).slice(0, 10));
});

test('a decision on what somebody else has changed meanwhile is refused', async () => {
  const { page, open } = manager;
  await open('embargoes/cta-night-9');
  await page.getByRole('link', { name: 'Add a party' }).click();
  await page.getByLabel('Who', { exact: true }).fill('user:bob');
  await page.getByRole('button', { name: 'See what it would change' }).click();
  const other = await signedIn(browser, issuer, 'admin', { javaScriptEnabled: false });
  await other.open('embargoes/cta-night-9/add-party/impact?subject=user%3Aalice&role=coi&actions=read');
  await other.page.getByRole('button', { name: 'Add', exact: true }).click();
  await other.page.getByText('The party was added.').waitFor();
  await other.context.close();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The embargo was changed meanwhile.').waitFor();
  await open('embargoes/cta-night-9');
  expect(await page.getByText('user:bob').count()).toBe(0);
});

test('it is released, and who was refused is given the data again', async () => {
  const { page, open } = manager;
  expect(await crawl()).toBeUndefined();
  await open('embargoes/cta-night-9');
  await page.getByRole('link', { name: 'Release' }).click();
  await page.getByRole('button', { name: 'See what it would change' }).click();
  await page.getByRole('heading', { name: 'What it would change' }).waitFor();
  expect(await page.getByRole('main').textContent()).toMatch(/[1-9]\d*\s*services would gain something/);
  await page.getByLabel('Reason').fill('Published');
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByText('The release was written. Every server decides by it.').waitFor();
  expect(await crawl()).toBe(`storage.read:${path}`);
});

test('its pages are accessible in both schemes and at both widths', async () => {
  const looking = await signedIn(browser, issuer, 'admin');
  await looking.open('embargoes/cta-p17');
  expect(await lookAt(looking.page, 'embargo')).toEqual([]);
  await looking.open('embargoes/cta-p17/release/impact');
  await looking.page.getByRole('heading', { name: 'What it would change' }).waitFor();
  expect(await lookAt(looking.page, 'embargo-impact')).toEqual([]);
  await looking.open('embargoes?which=all&span=3');
  expect(await lookAt(looking.page, 'embargoes')).toEqual([]);
  await looking.context.close();
});
