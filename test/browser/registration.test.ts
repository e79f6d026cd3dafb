/** From the form to an account in a real browser without script, an administrator's decision, and the acceptable use policy at the first login (issue: getting in). */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { authorizeUrl } from '../support/code-flow.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { lookAt } from '../support/member-browser.ts';

const password = 'seven lanterns over Turin';

let browser: Browser;
let server: MailServer;
let issuer: TestIssuer;

beforeAll(async () => {
  browser = await openBrowser();
  server = await startMailServer();
  const lake = JSON.parse(exchangeLake());
  lake.accounts[0] = { ...lake.accounts[0], roles: ['admin'], email: 'alice@example.org' };
  issuer = await startIssuer({
    realTime: true,
    lake: JSON.stringify({
      ...lake,
      enrolment: {
        allow: 'anyone',
        groups: ['/vo', '/vo/p17'],
        text: 'For members of the collaboration.\n\nSay who knows you.',
      },
      acceptableUse: {
        versions: [
          { name: '2026-1', title: 'Rules of the lake', text: 'Be kind.\n\nDo not mine coins.', validDays: 365 },
        ],
      },
    }),
    config: { smtpUrl: server.url },
  });
});
afterAll(async () => {
  await browser?.close();
  await issuer?.close();
  await server?.close();
});

/** Script is needed by axe-core alone; no page of the journey has one. */
async function open(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ bypassCSP: true });
  return { context, page: await context.newPage() };
}

test('a stranger registers, is accepted, sets a password, agrees to the policy, and comes back with a code', async () => {
  const { context, page } = await open();
  await page.goto(`${issuer.url}register-account`);
  expect(await lookAt(page, 'register')).toEqual([]);
  await page.getByLabel('Given name').fill('Ada');
  await page.getByLabel('Family name').fill('Lovelace');
  await page.getByLabel('Mail address').fill('ada@example.net');
  await page.getByLabel('/vo/p17').check();
  await page.getByLabel('A note').fill('Charles knows me.');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
  expect(await lookAt(page, 'register-sent')).toEqual([]);

  const [mail] = await server.to('ada@example.net');
  await page.goto(mail?.link(issuer.url) ?? '');
  expect(await lookAt(page, 'register-confirm')).toEqual([]);
  await page.getByRole('button', { name: 'Yes, confirm it' }).click();
  await page.getByText('waits for a decision').waitFor();

  await accept();

  const welcome = (await server.to('ada@example.net', 3)).at(-1);
  await page.goto(welcome?.link(issuer.url) ?? '');
  expect(await lookAt(page, 'new-password')).toEqual([]);
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('You can sign in with it now').waitFor();

  await page.goto(authorizeUrl(issuer, { scope: 'openid storage.read:/data/open' }).href);
  await page.getByLabel('Username').fill('alovelace');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Do not mine coins.').waitFor();
  expect(await lookAt(page, 'agreement')).toEqual([]);
  await page.getByRole('button', { name: 'I agree' }).click();
  await page.waitForURL(/\/interaction\/|localhost:9000/);
  await page.goto(`${issuer.url}account/policy`);
  await page.getByText('You have agreed until').waitFor();
  expect(await lookAt(page, 'policy')).toEqual([]);
  await context.close();
  // Nine pages, each looked at four times.
}, 300_000);

async function accept(): Promise<void> {
  const { context, page } = await open();
  await page.goto(`${issuer.url}login?to=/admin/requests`);
  await page.getByLabel('Username').fill('alice');
  await page.getByLabel('Password').fill('alice-demo-password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Charles knows me.').waitFor();
  expect(await lookAt(page, 'requests')).toEqual([]);
  await page.getByRole('button', { name: 'Accept Ada Lovelace' }).click();
  await page.getByText('The account is made').waitFor();
  await page.goto(`${issuer.url}admin/acceptable-use`);
  expect(await lookAt(page, 'policy-admin')).toEqual([]);
  await page.goto(`${issuer.url}admin/outbox?state=sent`);
  await page.getByText('ada@example.net').first().waitFor();
  expect(await lookAt(page, 'outbox')).toEqual([]);
  await context.close();
}

test('the pages for forgotten passwords work without script', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${issuer.url}login`);
  await page.getByRole('link', { name: 'Forgotten password' }).click();
  await page.getByLabel('Username or mail address').fill('alice');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
  await context.close();
});
