/** Second factors in tests over HTTP: what a person does with an authenticator app, in a browser without script. */
import { TOTP } from 'otpauth';
import type { TestIssuer } from './issuer.ts';
import type { Page, UserAgent } from './user-agent.ts';

/** An app that was given a key. */
export interface App {
  /** The code that it shows now. */
  code(): string;
}

/** The app that scans the picture of a page. */
export function scan(issuer: Pick<TestIssuer, 'clock'>, page: Page): App {
  const key = /<code>([A-Z2-7 ]{30,})<\/code>/.exec(page.html)?.[1]?.replaceAll(' ', '');
  if (key === undefined) throw new Error(`no key on a page with status ${page.status}: ${page.html.slice(0, 2000)}`);
  const totp = new TOTP({ secret: key });
  return { code: () => totp.generate({ timestamp: issuer.clock.now() }) };
}

export async function signIn(
  issuer: Pick<TestIssuer, 'url'>,
  agent: UserAgent,
  username = 'alice',
  to = '/',
): Promise<Page> {
  const page = await agent.get(`${issuer.url}login?to=${encodeURIComponent(to)}`);
  return agent.follow(await agent.submit(page, '/login', { username, password: `${username}-demo-password` }));
}

/** Who is signed in sets up one-time codes; a moment later, so that the app shows another code than the one just used. */
export async function setUpCodes(
  issuer: Pick<TestIssuer, 'url' | 'clock'>,
  agent: UserAgent,
): Promise<{ readonly app: App; readonly recoveryCodes: readonly string[] }> {
  const page = await agent.get(`${issuer.url}account/security/one-time-code`);
  const app = scan(issuer, page);
  const shown = await agent.submit(page, '/one-time-code', { code: app.code() });
  issuer.clock.advance(30);
  return { app, recoveryCodes: recoveryCodesOn(shown) };
}

export function recoveryCodesOn({ html }: Page): readonly string[] {
  return [...html.matchAll(/<code>([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})<\/code>/g)].map(([, code = '']) => code);
}

/** As if nobody had ever set one up, guessed, or signed in. */
export async function forgetFactors({ database: { db } }: Pick<TestIssuer, 'database'>): Promise<void> {
  const tables = ['one_time_codes', 'recovery_codes', 'passkeys', 'login_attempts', 'tickets', 'outbox', 'artifacts'];
  for (const table of [...tables, 'consents'] as const) {
    await db.deleteFrom(table as 'tickets').execute();
  }
}
