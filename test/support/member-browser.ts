/** A browser that is signed in as somebody of the example lake, for tests of the pages of who is signed in. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { violationsOf } from './axe.ts';
import { keepScreenshot } from './browser.ts';

export const schemes = ['light', 'dark'] as const;
export const widths = [320, 1280] as const;

export interface MemberBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Opens a page by its path below the issuer, such as `account/sessions`; answers with the status. */
  open(path: string): Promise<number>;
}

/** Signs in through the login page. `javaScriptEnabled: false` for journeys without script; then axe-core cannot be asked. */
export async function signedIn(
  browser: Browser,
  issuer: { readonly url: string },
  username: string,
  { password = `${username}-demo-password`, ...options }: BrowserContextOptions & { password?: string } = {},
): Promise<MemberBrowser> {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  await page.goto(`${issuer.url}login?to=/account`);
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(`${issuer.url}account*`);
  const open = async (path: string) => (await page.goto(`${issuer.url}${path}`))?.status() ?? 0;
  return { context, page, open };
}

/** Looks at the present page in both schemes and both widths: keeps screenshots, and answers with what is wrong with it. */
export async function lookAt(page: Page, name: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of schemes) {
    for (const width of widths) {
      const look = `${name}-${colorScheme}-${width}`;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await keepScreenshot(page, look);
      found.push(...(await violationsOf(page)).map((line) => `${look}: ${line}`));
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      const wider = await page.evaluate<number>(overflow);
      if (wider > 0) found.push(`${look}: ${wider} px wider than the window`);
    }
  }
  return found;
}
