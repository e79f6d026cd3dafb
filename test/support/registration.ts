/** Registers clients over HTTP, as oidc-agent and others do. */
import type { JsonAnswer } from './http.ts';
import type { TestIssuer } from './issuer.ts';

export interface RegistrationCall {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends JSON, or a text as it is. */
export async function callRegistration(
  issuer: Pick<TestIssuer, 'url'>,
  metadata: unknown,
  { method = 'POST', path = 'register', token, headers }: RegistrationCall = {},
): Promise<JsonAnswer> {
  const send = () =>
    fetch(new URL(path, issuer.url), {
      method,
      headers: {
        ...(metadata !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(metadata !== undefined && { body: typeof metadata === 'string' ? metadata : JSON.stringify(metadata) }),
    });
  // On a busy machine an idle connection may be closed just when it is used again.
  const response = await send().catch((error: { cause?: { code?: string } }) => {
    if (error.cause?.code === 'ECONNRESET') return send();
    throw error;
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text.startsWith('{') ? JSON.parse(text) : text };
}

/** What oidc-agent sends: no `token_endpoint_auth_method`, and it calls itself a web application. */
export const oidcAgent = {
  application_type: 'web',
  client_name: 'oidc-agent:escape',
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  scope: 'openid profile offline_access wlcg.groups storage.read:/ storage.modify:/ compute.create scim:read',
  redirect_uris: [
    'http://localhost:4242',
    'http://localhost:29173',
    'http://localhost:8080',
    'edu.kit.data.oidc-agent:/redirect',
  ],
};
