/** The authorization code flow step by step, without a browser: authorize, log in, consent, redeem. */
import { createHash } from 'node:crypto';
import { formOf, type JsonAnswer, post } from './http.ts';
import type { TestIssuer } from './issuer.ts';
import { type Page, UserAgent } from './user-agent.ts';

export const portal = { client_id: 'portal', redirect_uri: 'http://localhost:9000/callback' };

export const pkce = (() => {
  const verifier = 'a-code-verifier-of-sufficient-length-for-rfc-7636';
  return {
    verifier,
    parameters: {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    },
  };
})();

/** Of an authorization request; several values repeat the parameter. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

export function authorizeUrl(issuer: Pick<TestIssuer, 'url'>, parameters: Parameters): URL {
  const url = new URL('authorize', issuer.url);
  url.search = formOf({ response_type: 'code', state: 'some-state', ...portal, ...parameters }).toString();
  return url;
}

/** Through login and consent, whichever is asked; the page that leaves the issuer, or an error page. */
export async function authorize(
  issuer: Pick<TestIssuer, 'url'>,
  agent: UserAgent,
  parameters: Parameters,
  choices: { username?: string; untick?: readonly string[] } = {},
): Promise<Page> {
  let page = await agent.follow(await agent.get(authorizeUrl(issuer, parameters)));
  if (page.html.includes('name="password"')) {
    const username = choices.username ?? 'alice';
    page = await agent.follow(await agent.submit(page, '/login', { username, password: `${username}-demo-password` }));
  }
  if (page.html.includes('/consent"')) {
    const ticked = [...page.html.matchAll(/name="scope" value="([^"]+)"/g)].map(([, scope = '']) => scope);
    const scope = ticked.filter((one) => !choices.untick?.includes(one));
    page = await agent.follow(await agent.submit(page, '/consent', { scope }));
  }
  return page;
}

/** The parameters with which the browser came back to the client. */
export function callback(page: Page): Record<string, string> {
  if (page.location === null)
    throw new Error(`the browser was not sent back: ${page.status} ${page.html.slice(0, 300)}`);
  return Object.fromEntries(page.location.searchParams);
}

export function redeem(
  issuer: Pick<TestIssuer, 'url'>,
  code: string | undefined,
  fields: Record<string, string> = {},
  client = 'portal',
): Promise<JsonAnswer> {
  const { redirect_uri } = portal;
  return post(
    issuer,
    '/token',
    { grant_type: 'authorization_code', code: code ?? '', redirect_uri, ...fields },
    { client },
  );
}

/** All of it: the token response of a fresh login. */
export async function login(
  issuer: Pick<TestIssuer, 'url'>,
  parameters: Parameters,
  choices: { username?: string; untick?: readonly string[]; agent?: UserAgent } = {},
): Promise<JsonAnswer> {
  const page = await authorize(issuer, choices.agent ?? new UserAgent(), parameters, choices);
  return redeem(issuer, callback(page).code);
}
