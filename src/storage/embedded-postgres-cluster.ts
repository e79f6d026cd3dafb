/** The data directory of the embedded PostgreSQL: where it lies, who owns it, and how it is made, atomically. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../shared/errors.ts';
import { binariesFor, makePublicDirectory, type PostgresBinaries, publicHome } from './embedded-postgres-binaries.ts';
import { chooseServerUser, mayAccess, type OsUser, ownerOf, runsAsRoot } from './embedded-postgres-user.ts';
import { isRunning } from './os-process.ts';

/** The database superuser of the embedded PostgreSQL, and the name of its database. */
export const clusterRole = 'sluice';

export interface Cluster {
  /** PostgreSQL's own data directory, without symbolic links. */
  readonly data: string;
  readonly logFile: string;
  readonly password: string;
  /** As whom PostgreSQL runs; null: as this process. */
  readonly user: OsUser | null;
  readonly binaries: PostgresBinaries;
}

export interface ClusterOptions {
  readonly dataDir: string;
  /** Gets lines an operator should see: where things were put instead. */
  readonly notice: (line: string) => void;
  /** False only for tests: a crash of the machine may lose the data. */
  readonly durable?: boolean;
  readonly publicHome?: string;
}

/**
 * The cluster below `<dataDir>/postgres`, made when absent. A new one is made beside and put in place by one rename (or
 * one symbolic link, when PostgreSQL's user may not enter `dataDir`), so that two starts at once end up with one cluster.
 */
export async function prepareCluster(options: ClusterOptions): Promise<Cluster> {
  const home = join(options.dataDir, 'postgres');
  try {
    if (!isPresent(home)) {
      await makeDataDir(options.dataDir);
      await createCluster(options, home);
    }
    return await openCluster(home, options);
  } catch (error) {
    throw describeFileFault(error, options.dataDir);
  }
}

function describeFileFault(error: unknown, dataDir: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || syscall.startsWith('spawn')) {
    return error;
  }
  return new AppError(
    'database_unavailable',
    `the data directory \`${dataDir}\` cannot be used (${code}), expected one that this process may write (\`SLUICE_DATA_DIR\`)`,
    { cause: error },
  );
}

function isPresent(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function openCluster(home: string, options: ClusterOptions): Promise<Cluster> {
  if (!existsSync(join(home, 'data', 'PG_VERSION'))) {
    throw new AppError(
      'database_unavailable',
      `no database in \`${home}\`, expected the one made there by an earlier start`,
    );
  }
  const place = realpathSync(home);
  const data = join(place, 'data');
  const owner = ownerOf(data);
  if (!runsAsRoot() && owner.uid !== process.getuid?.()) {
    throw new AppError(
      'database_unavailable',
      `\`${data}\` belongs to another user (${owner.name}), expected that user to start the server`,
    );
  }
  const user = runsAsRoot() ? owner : null;
  if (user !== null && !mayAccess(user, data, 'enter')) {
    throw new AppError(
      'database_unavailable',
      `\`${data}\` lies below a directory that PostgreSQL's user (${owner.name}) may not enter`,
    );
  }
  return {
    data,
    logFile: join(place, 'postgres.log'),
    password: (await readFile(join(place, 'password'), 'utf8')).trim(),
    user,
    binaries: await binariesFor(user, options.notice, options.publicHome),
  };
}

async function makeDataDir(dataDir: string): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true });
  if (made !== undefined) {
    await chmod(dataDir, runsAsRoot() ? 0o711 : 0o700);
  }
  await removeAbandoned(dataDir);
}

/** A start that was killed while making the cluster leaves a directory named after its process. */
async function removeAbandoned(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = /^postgres\.new-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      await rm(join(dataDir, name), { recursive: true, force: true });
    }
  }
}

async function createCluster(options: ClusterOptions, home: string): Promise<void> {
  const user = chooseServerUser();
  const suffix = randomBytes(8).toString('hex');
  const mayEnter = user === null || mayAccess(user, options.dataDir, 'enter');
  const elsewhere = join(options.publicHome ?? publicHome, suffix, 'postgres');
  const staged = mayEnter ? join(options.dataDir, `postgres.new-${process.pid}-${suffix}`) : elsewhere;
  await makePublicDirectory(join(staged, '..'));
  try {
    await mkdir(staged, { mode: 0o700 });
    await initialise(staged, user, options);
    await (mayEnter ? rename(staged, home) : symlink(staged, home));
  } catch (error) {
    await rm(mayEnter ? staged : join(staged, '..'), { recursive: true, force: true });
    // Another start was faster: its cluster is used.
    if (isPresent(home)) {
      return;
    }
    throw error;
  }
  if (!mayEnter) {
    options.notice(
      `PostgreSQL's user \`${user?.name}\` may not enter \`${options.dataDir}\`: its data is in \`${staged}\` (linked from \`${home}\`)`,
    );
  }
}

async function initialise(place: string, user: OsUser | null, options: ClusterOptions): Promise<void> {
  const data = join(place, 'data');
  const passwordFile = join(place, 'password');
  await mkdir(data, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user !== null) {
    await chmod(place, 0o711);
    await chown(data, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const { initdb } = await binariesFor(user, options.notice, options.publicHome);
  const args = ['-D', data, '-U', clusterRole, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'];
  await run(initdb, [...args, ...locale, ...(options.durable === false ? ['--no-sync'] : [])], user);
  if (user !== null) {
    await chown(passwordFile, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  }
}

/** What PostgreSQL's programs get of our environment: no secret, and no locale that the machine may lack. */
export const postgresEnvironment = { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' };

/** Options of `spawn` that make a program run as `user`. */
export function asUser(user: OsUser | null): { uid?: number; gid?: number } {
  return user === null ? {} : { uid: user.uid, gid: user.gid };
}

function run(program: string, args: readonly string[], user: OsUser | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...asUser(user),
      cwd: '/',
      env: postgresEnvironment,
      // Away from the terminal: Ctrl-C stops this process, which then cleans up.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const fail = (reason: string) =>
      reject(new AppError('database_unavailable', `cannot make the embedded database: ${reason}`));
    child.on('error', (error) => fail(error.message));
    child.on('close', (status) =>
      status === 0 ? resolve() : fail(lastLine(said) ?? `initdb ended with status ${status}`),
    );
  });
}

/** The last line that is an error, else the last line: what an operator should see of a program's output. */
export function lastLine(text: string): string | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.findLast((line) => /error|fatal|panic/i.test(line)) ?? lines.at(-1);
}
