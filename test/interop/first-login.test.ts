/** The whole way in: somebody of another institute logs in there in a real browser, asks for an account and a group, is accepted by the group's manager, and reads a file from a real XRootD (issue: pages). */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { keepScreenshot, openBrowser } from '../support/browser.ts';
import { createCertificates } from '../support/certificates.ts';
import { decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { ensurePackages } from '../support/packages.ts';
import { type Portal, startPortal } from '../support/portal.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { freePort } from '../support/server-process.ts';
import { trustHere } from '../support/trusted-here.ts';
import { startXrootd, type Xrootd, xrootdPackages } from '../support/xrootd.ts';
import { describeParty } from './party-stage.ts';
import { type Curl, createCurl } from './xrootd-curl.ts';

const missing =
  process.env.SLUICE_TEST_XROOTD === 'skip' ? 'SLUICE_TEST_XROOTD is `skip`' : await ensurePackages(xrootdPackages);

const files = { '/escape/cta/open/run-1.dat': 'open data\n', '/escape/cta/restricted/p17/run-1.dat': 'closed data\n' };

const institute = (callback: string) => `
version: 1
accounts: [{ id: ada-at-home, username: ada, name: Ada Lovelace, email: ada@institute.example, password: ada-institute-password }]
clients:
  - { clientId: lake, clientSecret: lake-secret, redirectUris: ["${callback}"], scopes: [openid, profile, email] }
`;

const lakeFile = (upstream: string, audience: string, portal: string) => `
version: 1
vo: escape
groups: [{ path: /escape, default: true }, { path: /escape/cta, default: true }]
accounts:
  - { username: mia, name: Mia Manager, password: mia-lake-password, groups: [/escape], manages: [/escape/cta] }
upstreams:
  - { name: institute, title: Institute of Analytical Engines, issuer: "${upstream}", clientId: lake, assurance: { always: ["https://refeds.org/assurance/IAP/medium"] } }
enrolment: { allow: upstream, approval: managers, groups: [/escape/cta], fields: [{ name: name, required: true }] }
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, grantTypes: [authorization_code], redirectUris: ["${portal}/callback"], scopes: [openid, wlcg.groups, "storage.read:/"], policyMode: expand }
storages: [{ name: XROOTD, audience: "${audience}", matching: prefix }]
namespace: [/cta/open, /cta/restricted/p17]
grants: [{ id: cta-reads, subject: "group:/escape/cta", actions: [read], path: /cta }]
embargoes: [{ id: p17, path: /cta/restricted/p17, until: 2099-01-01T00:00:00Z, parties: [{ subject: "user:mia", role: pi, actions: [read] }] }]
`;

describeParty('a first login through an upstream provider, as far as XRootD', { missing }, () => {
  let browser: Browser;
  let mail: MailServer;
  let portal: Portal;
  let place: ServerPlace;
  let home: TestIssuer;
  let lake: TestIssuer;
  let xrootd: Xrootd;
  let curl: Curl;
  let distrust: () => void;
  let audience: string;

  beforeAll(async () => {
    browser = await openBrowser();
    mail = await startMailServer();
    portal = await startPortal();
    place = await createServerPlace();
    const certificates = await createCertificates(place.directory);
    distrust = await trustHere(certificates.ca);
    const port = await freePort();
    audience = `https://localhost:${port}`;
    const config = { upstreamSecrets: { institute: 'lake-secret' }, smtpUrl: mail.url };
    lake = await startIssuer({ certificates, realTime: true, lake: 'version: 1\n', config });
    home = await startIssuer({ realTime: true, lake: institute(`${lake.url}upstream/callback/institute`) });
    await lake.apply(lakeFile(home.url, audience, portal.origin));
    xrootd = await startXrootd({ place, port, issuer: lake.url, certificates, files });
    curl = createCurl({ ca: certificates.ca, directory: place.directory, shown: [] });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await xrootd?.stop();
    await lake?.close();
    await home?.close();
    await place?.clear();
    await portal?.close();
    await mail?.close();
    distrust?.();
  });

  async function open(): Promise<{ context: BrowserContext; page: Page }> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
    context.setDefaultTimeout(30_000);
    return { context, page: await context.newPage() };
  }

  /** From the lake's login page over the institute and back. */
  async function throughInstitute(page: Page): Promise<void> {
    await page.getByRole('link', { name: /Institute of Analytical Engines/ }).click();
    await page.getByLabel('Username').fill('ada');
    await page.getByLabel('Password', { exact: true }).fill('ada-institute-password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  test('leads to an account, a group, and a token that opens what the group reads and nothing under embargo', async () => {
    const { context, page } = await open();
    await page.goto(`${lake.url}login`);
    await keepScreenshot(page, 'first-login-chooser');
    await throughInstitute(page);
    // There the lake is a service like any other; the consent is remembered.
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${lake.url}register-account*`);
    await page.getByText('Ada Lovelace').waitFor();
    await keepScreenshot(page, 'first-login-registration');
    await page.getByLabel('/escape/cta').check();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('heading', { name: 'Look at your mail' }).waitFor();
    const [asked] = await mail.to('ada@institute.example');
    await page.goto(asked?.link(lake.url) ?? '');
    await page.getByRole('button', { name: 'Yes, confirm it' }).click();
    await page.getByText('waits for a decision').waitFor();

    await acceptAsManager();
    await mail.to('ada@institute.example', 3);

    const scope = 'openid wlcg.groups storage.read:/cta';
    await page.goto(portal.authorizeUrl(lake.url, { scope, resource: audience, nonce: 'n', prompt: 'login consent' }));
    await throughInstitute(page);
    await page.waitForURL(`${lake.url}interaction/*`);
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByText('Welcome back').waitFor();
    const { body } = await portal.redeem(lake.url);
    const token = body.access_token ?? '';
    const { claims } = decode(token);
    expect(claims).toMatchObject({
      scope: 'openid wlcg.groups storage.read:/cta/open',
      'wlcg.groups': ['/escape/cta'],
    });
    const bearer = ['--header', `Authorization: Bearer ${token}`];
    const read = (path: string) => curl.request(...bearer, `${audience}${path}`);
    expect(await read('/escape/cta/open/run-1.dat')).toEqual({ status: 200, body: 'open data\n' });
    expect((await read('/escape/cta/restricted/p17/run-1.dat')).status).toBe(403);
    await context.close();
  }, 180_000);

  async function acceptAsManager(): Promise<void> {
    const { context, page } = await open();
    await page.goto(`${lake.url}login?to=/manage/registrations`);
    await page.getByLabel('Username').fill('mia');
    await page.getByLabel('Password', { exact: true }).fill('mia-lake-password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await keepScreenshot(page, 'first-login-decision');
    await page.getByRole('button', { name: 'Accept Ada Lovelace' }).click();
    await page.getByText('The account is made').waitFor();
    await context.close();
  }
});
