/** A caller of `/api/v1`: every answer is looked at for what no answer may be, a fault or an error that is no problem document. */
import { login } from './code-flow.ts';
import { clientCredentials, type JsonAnswer } from './http.ts';
import { exampleLake, startIssuer, type TestIssuer } from './issuer.ts';

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Null: nobody. */
  readonly token?: string | null;
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<JsonAnswer>;

/** A text is sent as it is, everything else as JSON. */
export async function callApi(
  issuer: Pick<TestIssuer, 'url'>,
  method: string,
  path: string,
  { body, headers = {}, token }: CallOptions,
): Promise<JsonAnswer> {
  const response = await fetch(new URL(`api/v1${path}`, issuer.url), {
    method,
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  });
  const text = await response.text();
  const answer = {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
  if (response.status >= 500) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  if (response.status >= 400 && method !== 'HEAD') expectProblem(answer);
  return answer;
}

/** RFC 9457, as the document describes it. */
function expectProblem({ status, headers, body }: JsonAnswer): void {
  expect(headers.get('content-type')).toBe('application/problem+json');
  expect(body).toMatchObject({
    type: expect.stringMatching(/^urn:sluice:problem:[a-z-]+$/),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
}

/** With the same token every time, unless the call says otherwise. */
export function callerWith(issuer: Pick<TestIssuer, 'url'>, token: string | null): Call {
  return (method, path, options = {}) => callApi(issuer, method, path, { token, ...options });
}

/** A client that acts for itself, with these scopes. */
export async function clientToken(issuer: TestIssuer, client: string, scope: string): Promise<string> {
  const { body } = await clientCredentials(issuer, client, { scope, audience: issuer.url });
  if (!body.access_token) throw new Error(JSON.stringify(body));
  return body.access_token;
}

/** A user through the portal. */
export async function userToken(issuer: TestIssuer, username: string, scope = 'policy:read policy:write') {
  const { body } = await login(issuer, { scope: `openid ${scope}`, audience: issuer.url }, { username });
  if (!body.access_token) throw new Error(JSON.stringify(body));
  return body.access_token as string;
}

/** The example lake with clients that may use the API, and accounts of every role. */
export async function startApiIssuer(): Promise<TestIssuer> {
  const lake = await apiLake();
  const issuer = await startIssuer({ lake });
  // Its own name is known only now.
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  return issuer;
}

export async function apiLake(): Promise<string> {
  const account = (username: string, more: string) =>
    `  - { username: ${username}, password: ${username}-demo-password, ${more} }\n`;
  const accounts = [
    account('rita', 'groups: [/escape], roles: [reader]'),
    account('max', 'groups: [/escape], roles: [{ role: embargo-manager, paths: [/cta] }]'),
    account('mira', 'groups: [/escape], roles: [embargo-manager]'),
  ].join('');
  const robots = `  - { clientId: rules-bot, clientSecret: rules-bot-demo-secret, grantTypes: [client_credentials], scopes: ["policy:read", "policy:write", "storage.read:/"] }
  - { clientId: rules-eye, clientSecret: rules-eye-demo-secret, grantTypes: [client_credentials], scopes: ["policy:read"] }
`;
  return (await exampleLake())
    .replace('\nclients:', `\n${accounts}\nclients:`)
    .replace('\nstorages:', `\n${robots}\nstorages:\n  - { name: ISSUER, audience: "@ISSUER@", kind: service }`)
    .replace(/(- clientId: portal[\s\S]*?scopes: \[)/, '$1"policy:read", "policy:write", ');
}
