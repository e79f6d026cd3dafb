/** A browser without script that is signed in as somebody of the lake, for tests of pages over HTTP. */
import type { TestIssuer } from './issuer.ts';
import { type Page, UserAgent } from './user-agent.ts';

export interface MemberAgent {
  readonly agent: UserAgent;
  /** Opens a page by its path below the issuer. */
  open(path: string): Promise<Page>;
  /** Sends the form of the page whose action ends so, and follows to the page after it. */
  send(page: Page, actionEnd: string, changes?: Record<string, string | readonly string[] | null>): Promise<Page>;
}

export async function signIn(issuer: Pick<TestIssuer, 'url'>, username: string): Promise<MemberAgent> {
  const agent = new UserAgent();
  const page = await agent.get(`${issuer.url}login?to=/account`);
  await agent.submit(page, '/login', { username, password: `${username}-demo-password` });
  return {
    agent,
    open: async (path) => agent.follow(await agent.get(new URL(path, issuer.url))),
    send: async (shown, actionEnd, changes = {}) => agent.follow(await agent.submit(shown, actionEnd, changes)),
  };
}
