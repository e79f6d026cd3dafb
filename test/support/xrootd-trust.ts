/** Makes one XRootD trust a throw-away authority: libcurl in Debian reads only the system's bundle, no variable. */
import { execFile } from 'node:child_process';
import { copyFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const bundle = '/etc/ssl/certs/ca-certificates.crt';

/** Numbers: a user's own group may have another name. */
export interface SystemUser {
  readonly uid: string;
  readonly gid: string;
}

export interface Trust {
  /** The command that runs `argv` as `user` (null: as this one) with the authority trusted. */
  wrap(argv: readonly string[], user: SystemUser | null): readonly string[];
  undo(): Promise<void>;
}

/** Preferred is a mount that only the one process sees; where the kernel forbids it, root takes the system's store. */
export async function trustAuthority(ca: string): Promise<Trust> {
  const inside = [...namespace(), 'sh', '-c', 'mount --bind "$0" "$1" && shift && exec "$@"', ca, bundle];
  if (await run(inside[0] ?? '', [...inside.slice(1), 'true']).then(succeeded, failed)) {
    return { wrap: (argv, user) => [...inside, ...become(user), ...argv], undo: async () => {} };
  }
  if (process.getuid?.() !== 0) {
    throw new Error('this kernel lets no ordinary user mount privately, expected to run as root');
  }
  return trustInSystemStore(ca);
}

function namespace(): readonly string[] {
  const own = ['unshare', '--mount'];
  return process.getuid?.() === 0 ? own : [...own, '--user', '--map-current-user', '--keep-caps'];
}

async function trustInSystemStore(ca: string): Promise<Trust> {
  const installed = `/usr/local/share/ca-certificates/sluice-test-${process.pid}.crt`;
  await copyFile(ca, installed);
  await run('update-ca-certificates');
  return {
    wrap: (argv, user) => [...become(user), ...argv],
    undo: async () => {
      await rm(installed);
      await run('update-ca-certificates', ['--fresh']);
    },
  };
}

function become(user: SystemUser | null): readonly string[] {
  return user === null ? [] : ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
}

const succeeded = () => true;
const failed = () => false;
