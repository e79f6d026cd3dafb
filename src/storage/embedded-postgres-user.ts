/** PostgreSQL refuses to run as root: which operating-system user it runs as, and what that user may read. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A user of this machine, with its primary group. */
export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** True when this process is root and so needs another user for PostgreSQL. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * The user for a new cluster: none (this process's own) for ordinary users; for root the existing `postgres`, else a
 * system user `sluice` that is created, else `nobody`.
 */
export function chooseServerUser(): OsUser | null {
  if (!runsAsRoot()) {
    return null;
  }
  return findUser('postgres') ?? findUser('sluice') ?? createUser('sluice') ?? findUser('nobody') ?? null;
}

/** The user that owns a file or directory: whoever made a cluster goes on running it. */
export function ownerOf(path: string): OsUser {
  const { uid, gid } = statSync(path);
  return { name: `uid ${uid}`, uid, gid };
}

/** Reads one line of a passwd file. */
export function findUser(name: string, passwdFile = '/etc/passwd'): OsUser | undefined {
  const text = existsSync(passwdFile) ? readFileSync(passwdFile, 'utf8') : '';
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  const uid = Number(fields?.[2]);
  const gid = Number(fields?.[3]);
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { name, uid, gid } : undefined;
}

function createUser(name: string): OsUser | undefined {
  const attempts: readonly (readonly [string, ...string[]])[] = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    ['adduser', '-S', '-D', '-H', name],
  ];
  for (const [command, ...args] of attempts) {
    if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) {
      return findUser(name);
    }
  }
  return undefined;
}

const need = { enter: 0o1, read: 0o4, execute: 0o5 } as const;

/**
 * True when `user` may use an existing path: by the mode bits of the path and of every directory above it. Supplementary
 * groups do not count, for the server process starts without them.
 */
export function mayAccess(user: OsUser, path: string, want: keyof typeof need): boolean {
  const real = realpathSync(path);
  if (!allows(user, real, need[want])) {
    return false;
  }
  for (let below = real, above = dirname(real); above !== below; below = above, above = dirname(above)) {
    if (!allows(user, above, need.enter)) {
      return false;
    }
  }
  return true;
}

function allows(user: OsUser, path: string, bits: number): boolean {
  const { uid, gid, mode } = statSync(path);
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
