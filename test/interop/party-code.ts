/** A token of a user by the code flow, for a client of the example lake that the test plays itself. */
import { authorize, callback, redeem } from '../support/code-flow.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

/** Of the example lake. */
const redirects = {
  portal: 'http://localhost:9000/callback',
  jupyter: 'http://localhost:8000/hub/oauth_callback',
};

/** The access token of `username`, alice by default, for these parameters of the authorization request. */
export async function userToken(
  issuer: Pick<TestIssuer, 'url'>,
  parameters: Readonly<Record<string, string>>,
  by: { readonly username?: string; readonly client?: keyof typeof redirects } = {},
): Promise<string> {
  const { client = 'portal', username = 'alice' } = by;
  const asked = { ...parameters, client_id: client, redirect_uri: redirects[client] };
  const page = await authorize(issuer, new UserAgent(), asked, { username });
  const { body } = await redeem(issuer, callback(page).code, { redirect_uri: asked.redirect_uri }, client);
  if (typeof body.access_token !== 'string') {
    throw new Error(`expected a token for \`${client}\`, got ${JSON.stringify(body)}`);
  }
  return body.access_token;
}
