/** A user's way from a party to the issuer and back: redirects between them, the login form and the consent form. */
import type { Page, UserAgent } from '../support/user-agent.ts';

/** Ends at the page where nothing more is asked, or at the redirect to `stopAt`. */
export async function logIn(
  agent: UserAgent,
  url: string | URL,
  username = 'alice',
  stopAt: string | null = null,
): Promise<Page> {
  return goOn(agent, await agent.get(url), username, stopAt);
}

/** The device flow's pages, from `verification_uri_complete` to the end. */
export async function confirmDevice(agent: UserAgent, url: string | URL, username = 'alice'): Promise<Page> {
  const shown = await agent.get(url);
  const confirmed = await agent.submit(await agent.submit(shown, '/device'), '/device', { confirm: 'yes' });
  return goOn(agent, confirmed, username, null);
}

async function goOn(agent: UserAgent, first: Page, username: string, stopAt: string | null): Promise<Page> {
  let page = first;
  for (let steps = 0; steps < 30; steps += 1) {
    if (stopAt !== null && page.location?.href.startsWith(stopAt)) return page;
    const next = await takeStep(agent, page, username);
    if (next === null) return page;
    page = next;
  }
  throw new Error(`expected the way to end, it is still at ${page.url}`);
}

async function takeStep(agent: UserAgent, page: Page, username: string): Promise<Page | null> {
  if (page.location !== null) {
    return agent.get(page.location);
  }
  if (page.html.includes('name="password"')) {
    return agent.submit(page, '/login', { username, password: `${username}-demo-password` });
  }
  if (page.html.includes('/consent"')) {
    const scope = [...page.html.matchAll(/name="scope" value="([^"]+)"/g)].map(([, one = '']) => one);
    return agent.submit(page, '/consent', { scope });
  }
  return null;
}
