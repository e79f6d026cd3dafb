/** Reads one signing key: a private JWK (RFC 7517) in a `*.jwk.json` file, RSA for RS256 or P-256 for ES256 (W-ISS-2). */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { AppError } from '../shared/errors.ts';
import { toPublicJwk } from './key-pair.ts';
import type { PublicJwk } from './signing-key.ts';

export interface KeyFile {
  readonly path: string;
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
  /** Made for development: production refuses it. */
  readonly isDevelopment: boolean;
  /** Seconds since the epoch: the member `iat`, else the time of the file. */
  readonly createdAt: number;
}

const leastRsaBits = 2048;

/** Throws `keys_invalid` with the name of the file; nothing of the key is in the message. */
export async function readKeyFile(path: string): Promise<KeyFile> {
  const jwk = parse(path, await read(path));
  const privateKey = importKey(path, jwk);
  const alg = algorithmOf(path, jwk, privateKey);
  const own = typeof jwk.kid === 'string' && jwk.kid !== '' ? jwk.kid : undefined;
  const publicJwk = await toPublicJwk(alg, createPublicKey(privateKey).export({ format: 'jwk' }), own);
  return {
    path,
    kid: publicJwk.kid,
    alg,
    privateKey,
    publicJwk,
    isDevelopment: jwk.development === true,
    createdAt: typeof jwk.iat === 'number' ? jwk.iat : Math.floor((await stat(path)).mtimeMs / 1000),
  };
}

function broken(path: string, reason: string): AppError {
  return new AppError('keys_invalid', `key file \`${path}\` ${reason}`);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw broken(path, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parse(path: string, text: string): JsonWebKey {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as JsonWebKey;
    }
  } catch {
    // The parser's message would quote the key.
  }
  throw broken(path, 'is not a JSON object, expected a private JWK');
}

function importKey(path: string, jwk: JsonWebKey): KeyObject {
  if (typeof jwk.d !== 'string') {
    throw broken(path, 'has no private part, expected a private JWK');
  }
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    throw broken(path, 'is not a usable key, expected a private JWK of type RSA or EC');
  }
}

function algorithmOf(path: string, jwk: JsonWebKey, key: KeyObject): SigningAlgorithm {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  const alg = type === 'rsa' ? 'RS256' : details?.namedCurve === 'prime256v1' ? 'ES256' : undefined;
  if (alg === undefined) {
    throw broken(path, 'is of another type, expected RSA (RS256) or EC with curve P-256 (ES256)');
  }
  if (type === 'rsa' && (details?.modulusLength ?? 0) < leastRsaBits) {
    throw broken(path, `has ${details?.modulusLength} bits, expected ${leastRsaBits} or more`);
  }
  if (jwk.alg !== undefined && jwk.alg !== alg) {
    throw broken(path, `has \`alg\` \`${String(jwk.alg)}\`, expected \`${alg}\` for its type`);
  }
  return alg;
}
