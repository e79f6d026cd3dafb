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
  member = await signedIn(browser, issuer, 'admin');
});

afterAll(async () => {
  await browser?.close();
  await issuer?.close();
});

const pages = Object.keys(memberTexts.sections).map((path) => path.slice(1));

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
