/** Makes signing keys: RSA with 2048 bits and EC with P-256, named by their RFC 7638 thumbprint. */
import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { keyFileSuffix, readKeyFiles } from './key-files.ts';
import { generatePair } from './key-pair.ts';
import { algorithms } from './signing-key.ts';
import { writeOnce } from './write-once.ts';

export interface GenerateOptions {
  readonly clock: Clock;
  /** Which keys to make; both when absent. */
  readonly algorithms?: readonly SigningAlgorithm[];
  /** Marks the keys so that production refuses them. */
  readonly development: boolean;
}

/**
 * Writes new keys into the directory (mode 0600) and returns their paths; throws `keys_invalid` when it cannot. A development key has a fixed name: the one that
 * is there already is kept, so that two servers that start at once share it.
 */
export async function generateKeys(directory: string, options: GenerateOptions): Promise<readonly string[]> {
  await makeDirectory(directory);
  const made = (options.algorithms ?? algorithms).map(async (alg) => {
    const jwk = await generateJwk(alg, options);
    const name = options.development ? `development-${alg.toLowerCase()}` : jwk.kid;
    const path = join(directory, name + keyFileSuffix);
    await writeOnce(path, `${JSON.stringify(jwk, null, 2)}\n`);
    return path;
  });
  return Promise.all(made);
}

/** Makes development keys where there is no key of an operator; what another start at the same time has made already is kept. */
export async function ensureDevelopmentKeys(directory: string, clock: Clock): Promise<void> {
  const files = await readKeyFiles(directory);
  const isComplete = algorithms.every((alg) => files.some((file) => file.alg === alg));
  if (isComplete || !files.every(({ isDevelopment }) => isDevelopment)) return;
  await generateKeys(directory, { clock, development: true });
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError(
      'keys_invalid',
      `keys directory \`${directory}\` cannot be used (${code}), expected one that this process may write (\`SLUICE_KEYS_DIR\`)`,
      { cause },
    );
  }
}

async function generateJwk(alg: SigningAlgorithm, { clock, development }: GenerateOptions) {
  const { privateKey, publicJwk } = await generatePair(alg);
  const jwk = privateKey.export({ format: 'jwk' });
  const { kid } = publicJwk;
  const iat = Math.floor(clock.now() / 1000);
  return { kid, alg, use: 'sig', iat, ...(development ? { development: true } : {}), ...jwk };
}

/** What is secret in a production's settings and made once in development. */
export type DevelopmentSecret = 'development-cookie-secret' | 'development-keys-secret';

/** The secret of that name in the directory, so that browser sessions and signing keys survive a restart. */
export async function developmentSecret(directory: string, name: DevelopmentSecret): Promise<string> {
  await makeDirectory(directory);
  const path = join(directory, name);
  await writeOnce(path, `${randomBytes(32).toString('base64url')}\n`);
  return (await readFile(path, 'utf8')).trim();
}
