/** A browser without script that is signed in as somebody of the example lake. */
import type { TestIssuer } from './issuer.ts';
import { UserAgent } from './user-agent.ts';

export async function signedInAgent(issuer: Pick<TestIssuer, 'url'>, username: string): Promise<UserAgent> {
  const agent = new UserAgent();
  const page = await agent.get(new URL('login?to=/account', issuer.url));
  const password = `${username}-demo-password`;
  const here = await agent.follow(await agent.submit(page, '/login', { username, password }));
  if (here.status !== 200) throw new Error(`the login of ${username} ended with ${here.status} at ${here.url}`);
  return agent;
}
