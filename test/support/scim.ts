/** A caller of SCIM: every answer is looked at for what no answer may be, a fault or an error in another form. */
import { clientCredentials, type JsonAnswer } from './http.ts';
import { exampleLake, startIssuer, type TestIssuer } from './issuer.ts';

export interface ScimOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Null: nobody. */
  readonly token?: string | null;
}

export type ScimCall = (method: string, path: string, options?: ScimOptions) => Promise<JsonAnswer>;

/** A text is sent as it is, everything else as JSON. `path` is below the issuer. */
export async function callScim(
  issuer: Pick<TestIssuer, 'url'>,
  method: string,
  path: string,
  { body, headers = {}, token }: ScimOptions,
): Promise<JsonAnswer> {
  const response = await fetch(new URL(path.replace(/^\//, ''), issuer.url), {
    method,
    redirect: 'manual',
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/scim+json' }),
      ...headers,
    },
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  const answer = {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
  if (response.status >= 400 && method !== 'HEAD') {
    expect(answer.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(response.status),
      detail: expect.any(String),
    });
    expect(response.headers.get('content-type')).toBe('application/scim+json');
  }
  return answer;
}

/** With the same token every time, unless the call says otherwise. */
export function scimCaller(issuer: Pick<TestIssuer, 'url'>, token: string | null): ScimCall {
  return (method, path, options = {}) => callScim(issuer, method, path, { token, ...options });
}

/** Clients that may read people, and read and write them. */
const clients = `
  - clientId: sync
    clientSecret: sync-demo-secret
    grantTypes: [client_credentials]
    scopes: [openid, "scim:read", "iam:admin.read"]
  - clientId: provisioner
    clientSecret: provisioner-demo-secret
    grantTypes: [client_credentials]
    scopes: ["scim:read", "scim:write", "iam:admin.read", "iam:admin.write"]
`;

export async function scimLake(): Promise<string> {
  return (await exampleLake())
    .replace(/\nclients:.*\n/, `\nclients:${clients}`)
    .replace(/(- clientId: portal[\s\S]*?scopes: \[)/, '$1"scim:read", "scim:write", ');
}

export async function startScimIssuer(
  options: Omit<Parameters<typeof startIssuer>[0], 'lake'> = {},
): Promise<TestIssuer> {
  return startIssuer({ ...options, lake: await scimLake() });
}

/** The token of a client that acts for itself. */
export async function scimToken(issuer: Pick<TestIssuer, 'url'>, client: string, scope: string): Promise<string> {
  const { status, body } = await clientCredentials(issuer, client, { scope });
  if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
  return body.access_token;
}
