/** Writes a secret file so that of two processes at once one wins and no reader sees half of it. */
import { randomBytes } from 'node:crypto';
import { link, unlink, writeFile } from 'node:fs/promises';

/** Creates `path` with mode 0600; false when it exists already, which is then left as it is. */
export async function writeOnce(path: string, text: string): Promise<boolean> {
  const staged = `${path}.${randomBytes(6).toString('hex')}.new`;
  await writeFile(staged, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(staged, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await unlink(staged);
  }
}
