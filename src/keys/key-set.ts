/** The issuer's signing keys: one signs per algorithm, all of them are published (W-KEY-1, W-KEY-3). */
import type { KeyObject } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { AppError } from '../shared/errors.ts';
import { type KeyFile, type PrivateJwk, type PublicJwk, readKeyFile } from './key-file.ts';

export interface ActiveKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

export interface KeySet {
  /** The newest key of each algorithm. */
  readonly signing: Readonly<Record<SigningAlgorithm, ActiveKey>>;
  /** Every key, newest first: what the JWKS endpoint answers. */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
  /** The same keys with their private parts, for the protocol library. */
  readonly privateJwks: { readonly keys: readonly PrivateJwk[] };
  /** True when any of them was made for development. */
  readonly isDevelopment: boolean;
}

export const keyFileSuffix = '.jwk.json';

/** Every key file of a directory, newest first; none when the directory is absent. Throws `keys_invalid`. */
export async function readKeyFiles(directory: string): Promise<readonly KeyFile[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') {
      return [];
    }
    throw new AppError('keys_invalid', `keys directory \`${directory}\` cannot be read (${error.code})`);
  });
  const paths = names.filter((name) => name.endsWith(keyFileSuffix)).map((name) => join(directory, name));
  const files = await Promise.all(paths.toSorted().map(readKeyFile));
  refuseSharedKid(files);
  return files.toSorted((a, b) => b.createdAt - a.createdAt);
}

function refuseSharedKid(files: readonly KeyFile[]): void {
  for (const [index, file] of files.entries()) {
    const other = files.slice(0, index).find(({ kid }) => kid === file.kid);
    if (other !== undefined) {
      throw new AppError(
        'keys_invalid',
        `key files \`${other.path}\` and \`${file.path}\` have the same \`kid\`, expected each its own`,
      );
    }
  }
}

/** The keys of a directory. Throws `keys_missing` when an algorithm has none, `keys_invalid` for a file that is no key. */
export async function loadKeySet(directory: string): Promise<KeySet> {
  const files = await readKeyFiles(directory);
  return {
    signing: { RS256: newest(files, 'RS256', directory), ES256: newest(files, 'ES256', directory) },
    publicJwks: { keys: files.map(({ publicJwk }) => publicJwk) },
    privateJwks: { keys: files.map(({ privateJwk }) => privateJwk) },
    isDevelopment: files.some((file) => file.isDevelopment),
  };
}

function newest(files: readonly KeyFile[], alg: SigningAlgorithm, directory: string): ActiveKey {
  const file = files.find((candidate) => candidate.alg === alg);
  if (file === undefined) {
    throw new AppError(
      'keys_missing',
      `no ${alg} key in \`${directory}\`, expected one (\`npx sluice keys generate\` makes it)`,
    );
  }
  return { kid: file.kid, privateKey: file.privateKey, publicJwk: file.publicJwk };
}
