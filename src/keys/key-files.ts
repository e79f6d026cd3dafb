/** The key files of a directory: where an installation begins, and what `sluice keys generate` makes. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../shared/errors.ts';
import { type KeyFile, readKeyFile } from './key-file.ts';

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
