/** A small HTTP user: forms, Basic credentials, cookies and redirects by hand, so that tests see every step. */
import type { TestIssuer } from './issuer.ts';

/** The demonstration secret of a client of the example lake. */
export const secretOf = (clientId: string) => `${clientId}-demo-secret`;

export const basic = (id: string, secret = secretOf(id)) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

type Fields = Record<string, string | readonly string[]> | readonly (readonly [string, string])[];

export function formOf(fields: Fields): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Array.isArray(fields) ? fields : Object.entries(fields)) {
    for (const one of [value].flat()) form.append(name, one);
  }
  return form;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of an answer is what a test asserts
  readonly body: any;
}

/** POST of a form; `client` authenticates with its demonstration secret in the header. */
export async function post(
  issuer: Pick<TestIssuer, 'url'>,
  path: string,
  fields: Fields,
  options: { client?: string; headers?: Record<string, string> } = {},
): Promise<JsonAnswer> {
  const response = await fetch(new URL(path.replace(/^\//, ''), issuer.url), {
    method: 'POST',
    body: formOf(fields),
    redirect: 'manual',
    headers: { ...(options.client && { authorization: basic(options.client) }), ...options.headers },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A token for a client acting for itself. */
export function clientCredentials(
  issuer: Pick<TestIssuer, 'url'>,
  client: string,
  fields: Record<string, string | readonly string[]>,
): Promise<JsonAnswer> {
  return post(issuer, '/token', { grant_type: 'client_credentials', ...fields }, { client });
}

/** Header and claims without a look at the signature. */
// biome-ignore lint/suspicious/noExplicitAny: the shape of a token is what a test asserts
export function decode(token: string): { header: any; claims: any } {
  const [header = '', claims = ''] = token.split('.');
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  return { header: read(header), claims: read(claims) };
}

/** Asks until the answer is there; the clock only ends what would never come. */
export async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (const begun = performance.now(); performance.now() - begun < 10_000; ) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('the awaited answer did not come');
}
