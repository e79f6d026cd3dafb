/** Encrypts private keys and other secrets at rest: AES-256-GCM under a key that scrypt makes from `SLUICE_KEYS_SECRET`, bound to the `kid` or purpose (issue: keys). */
import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  type KeyObject,
  randomBytes,
  type ScryptOptions,
  scrypt,
} from 'node:crypto';
import { promisify } from 'node:util';
import { AppError } from '../shared/errors.ts';

const derive = promisify(scrypt) as (
  secret: string,
  salt: Buffer,
  length: number,
  options: ScryptOptions,
) => Promise<Buffer>;

/** The secret has 32 characters or more; this is for the case that people chose them. 16 MB and some tens of milliseconds. */
const cost: ScryptOptions = { N: 2 ** 14, r: 8, p: 1 };

const version = 'v1';
const tagBytes = 16;

export interface KeySealer {
  seal(kid: string, key: KeyObject): Promise<string>;
  /** Throws `keys_invalid` when no secret fits; nothing of key or secret is in the message. */
  unseal(kid: string, sealed: string): Promise<KeyObject>;
  /** True when it opens with the newest secret. */
  isNewest(kid: string, sealed: string): Promise<boolean>;
}

/** Other secrets that have to be read again, such as those of one-time codes; bound to what they are for. */
export interface SecretSealer {
  seal(purpose: string, secret: Buffer): Promise<string>;
  /** Undefined when no secret fits, or the text was changed or is for something else. */
  unseal(purpose: string, sealed: string): Promise<Buffer | undefined>;
  /** True when it opens with the newest secret. */
  isNewest(purpose: string, sealed: string): Promise<boolean>;
}

/** Secrets newest first: the first seals, all open. */
export function createKeySealer(secrets: readonly string[]): KeySealer {
  return {
    seal: (kid, key) => sealBytes(secrets, boundTo(kid), key.export({ type: 'pkcs8', format: 'der' })),
    async unseal(kid, sealed) {
      for (const secret of secrets) {
        const key = await open(secret, kid, sealed);
        if (key !== undefined) return key;
      }
      throw new AppError(
        'keys_invalid',
        `signing key \`${kid}\` cannot be decrypted, expected the secret that encrypted it in \`SLUICE_KEYS_SECRET\` or \`SLUICE_KEYS_SECRET_FILE\` (without \`NODE_ENV=production\` also in \`development-keys-secret\` in \`SLUICE_KEYS_DIR\`)`,
      );
    },
    isNewest: async (kid, sealed) => (await open(secrets[0] ?? '', kid, sealed)) !== undefined,
  };
}

/** Under the same secrets as the signing keys, and no key can be put into the place of another secret. */
export function createSecretSealer(secrets: readonly string[]): SecretSealer {
  const bound = (purpose: string) => Buffer.from(`sluice secret ${version} ${purpose}`);
  // There may be as many as there are accounts, and scrypt is slow: one salt for all that this process seals, and its keys remembered.
  const salt = randomBytes(16);
  const makeKey = rememberKeys();
  return {
    seal: (purpose, secret) => sealBytes(secrets, bound(purpose), secret, salt, makeKey),
    unseal: async (purpose, sealed) => {
      for (const secret of secrets) {
        const bytes = await openBytes(secret, bound(purpose), sealed, makeKey);
        if (bytes !== undefined) return bytes;
      }
      return undefined;
    },
    isNewest: async (purpose, sealed) =>
      (await openBytes(secrets[0] ?? '', bound(purpose), sealed, makeKey)) !== undefined,
  };
}

type MakeKey = (secret: string, salt: Buffer) => Promise<Buffer>;

const newKey: MakeKey = (secret, salt) => derive(secret, salt, 32, cost);

/** So many salts: each start of a process has its own. */
const mostKeys = 1000;

function rememberKeys(): MakeKey {
  const known = new Map<string, Promise<Buffer>>();
  return (secret, salt) => {
    const name = `${salt.toString('base64url')} ${secret}`;
    const found = known.get(name) ?? newKey(secret, salt);
    if (known.size >= mostKeys) known.clear();
    known.set(name, found);
    return found;
  };
}

async function sealBytes(
  [secret]: readonly string[],
  bound: Buffer,
  bytes: Buffer,
  salt = randomBytes(16),
  makeKey = newKey,
): Promise<string> {
  if (secret === undefined) throw new AppError('keys_invalid', 'no secret for keys, expected `SLUICE_KEYS_SECRET`');
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', await makeKey(secret, salt), iv).setAAD(bound);
  const text = [cipher.update(bytes), cipher.final(), cipher.getAuthTag()];
  return [version, ...[salt, iv, Buffer.concat(text)].map((part) => part.toString('base64url'))].join('.');
}

/** Undefined for another secret, another `kid` and a text that was changed. */
async function open(secret: string, kid: string, sealed: string): Promise<KeyObject | undefined> {
  const der = await openBytes(secret, boundTo(kid), sealed);
  try {
    return der && createPrivateKey({ key: der, type: 'pkcs8', format: 'der' });
  } catch {
    return undefined;
  }
}

async function openBytes(secret: string, bound: Buffer, sealed: string, makeKey = newKey): Promise<Buffer | undefined> {
  const [scheme, ...parts] = sealed.split('.');
  const [salt, iv, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (scheme !== version || !salt || !iv || !text || text.length <= tagBytes) return undefined;
  const key = await makeKey(secret, salt);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes })
      .setAAD(bound)
      .setAuthTag(text.subarray(-tagBytes));
    return Buffer.concat([decipher.update(text.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** A row's private key cannot be put into another row. */
function boundTo(kid: string): Buffer {
  return Buffer.from(`sluice signing key ${version} ${kid}`);
}
