/** An issuer in memory: real keys, tokens of any shape, discovery and keys through an injected `fetch`, and a clock to set. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { CompactSign, exportJWK, type JWK } from 'jose';
import { createValidator, type Validator, type ValidatorOptions } from '../../../src/validate/index.ts';

export const issuerUrl = 'https://issuer.example.org/';
export const audience = 'https://se.example.org';

/** 1 January 2026, in seconds. */
export const start = 1_767_225_600;

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: JWK;
}

export async function createKey(kid: string, alg: 'RS256' | 'ES256' = 'RS256'): Promise<SigningKey> {
  const { privateKey, publicKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

export function claimsOf(more: object = {}): Record<string, unknown> {
  return {
    iss: issuerUrl,
    sub: '5a1e0000-0000-4000-8000-000000000001',
    aud: audience,
    exp: start + 3600,
    iat: start,
    nbf: start - 60,
    jti: 'e3f0c5a0-0000-4000-8000-000000000001',
    scope: 'storage.read:/data',
    'wlcg.ver': '1.0',
    ...more,
  };
}

/** The payload may be given as text, for what no JSON writer would write. */
export function sign(key: SigningKey, payload: object | string = claimsOf(), header: object = {}): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
    .sign(key.privateKey);
}

/** Joins parts as a token with any signature. */
export function assemble(header: object, payload: object | string, signature = 'AAAA'): string {
  const encode = (value: object | string) =>
    Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  return `${encode(header)}.${encode(payload)}.${signature}`;
}

export class FakeNetwork {
  readonly requests: string[] = [];
  down = false;
  keys: JWK[];
  metadata: object = { issuer: issuerUrl, jwks_uri: `${issuerUrl}jwk` };
  status = 200;

  constructor(keys: readonly SigningKey[]) {
    this.keys = keys.map(({ publicJwk }) => publicJwk);
  }

  /** How often the keys were fetched. */
  get fetches(): number {
    return this.requests.filter((url) => url.endsWith('/jwk')).length;
  }

  readonly fetch: typeof globalThis.fetch = async (input) => {
    const url = String(input);
    this.requests.push(url);
    if (this.down) throw new TypeError('fetch failed');
    const body = url.endsWith('/.well-known/openid-configuration') ? this.metadata : { keys: this.keys };
    return Response.json(body, { status: this.status });
  };
}

export class FakeClock {
  seconds = start;
  now(): number {
    return this.seconds * 1000;
  }
}

export interface Setup {
  readonly network: FakeNetwork;
  readonly clock: FakeClock;
  readonly validator: Validator;
  readonly faults: unknown[];
}

/** A validator of the one issuer, without files unless the options say so. */
export function setUp(keys: readonly SigningKey[], more: Partial<ValidatorOptions> = {}): Setup {
  const network = new FakeNetwork(keys);
  const clock = new FakeClock();
  const faults: unknown[] = [];
  const validator = createValidator({
    issuers: [{ issuer: issuerUrl, audiences: [audience], basePath: '/vo' }],
    jwksCache: false,
    clock,
    fetch: network.fetch,
    onFault: (fault) => faults.push(fault),
    ...more,
  });
  return { network, clock, validator, faults };
}

/** The code of a refused token, or `accepted`. */
export async function outcome(validator: Validator, token: string): Promise<string> {
  const result = await validator.validate(token);
  return result.ok ? 'accepted' : result.error.code;
}
