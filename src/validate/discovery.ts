/** Reads an issuer's metadata and keys over the network (OpenID Connect Discovery; wlcg-tokens.md W-DISC-1, W-DISC-2). */
import { AppError } from '../shared/errors.ts';
import { isJwkSet, type JwkSet } from './public-key.ts';

/** Whom to ask, and how. */
export interface Remote {
  /** Byte for byte as in the tokens (W-CLM-2). */
  readonly issuer: string;
  readonly fetch: typeof globalThis.fetch;
  /** Plain `http` is otherwise accepted for this machine only. */
  readonly allowInsecureHttp: boolean;
  readonly timeoutMilliseconds: number;
}

/** The key set that the metadata points to; rejects when the issuer cannot be reached or does not answer as it should. */
export async function downloadKeys(remote: Remote): Promise<JwkSet> {
  const metadata = await downloadMetadata(remote);
  if (metadata.issuer !== remote.issuer) {
    throw unavailable(`metadata of \`${remote.issuer}\` names another issuer`);
  }
  const keys = await getJson(String(metadata.jwks_uri), remote);
  if (!isJwkSet(keys)) throw unavailable(`no key set at \`jwks_uri\` of \`${remote.issuer}\``);
  return keys;
}

/** The metadata document; its `issuer` is for the caller to compare. */
export async function downloadMetadata(remote: Remote): Promise<Readonly<Record<string, unknown>>> {
  const url = `${remote.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return Object(await getJson(url, remote)) as Readonly<Record<string, unknown>>;
}

/** Whether a URL may be asked: `https`, or `http` to this machine or when allowed. */
export function isAcceptableUrl(text: string, allowInsecureHttp: boolean): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && (allowInsecureHttp || isLoopback(hostname)));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

async function getJson(url: string, { fetch, allowInsecureHttp, timeoutMilliseconds }: Remote): Promise<unknown> {
  if (!isAcceptableUrl(url, allowInsecureHttp)) throw unavailable(`\`${url}\` is not an https URL`);
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (!response.ok) throw unavailable(`\`${url}\` answered ${response.status}`);
  return response.json();
}

function unavailable(message: string): AppError {
  return new AppError('issuer_unavailable', message);
}
