/** Runs a real XRootD with the configuration files that `sluice config xrootd` prints, as a user that is not root. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { configCommand } from '../../src/cli/config.ts';
import type { Certificates } from './certificates.ts';
import { runCommand } from './command.ts';
import type { ServerPlace } from './server-place.ts';
import { type SystemUser, trustAuthority } from './xrootd-trust.ts';

const run = promisify(execFile);

/** The page for administrators of a storage, which shows the configuration files and what they do. */
export const xrootdPage = new URL('../../docs/integration/xrootd.md', import.meta.url);

/** Debian's names; the last three are for the authority and the requests. */
export const xrootdPackages = [
  'xrootd-server',
  'xrootd-scitokens-plugins',
  'libscitokens0',
  'ca-certificates',
  'openssl',
  'curl',
];

export interface XrootdOptions {
  readonly place: ServerPlace;
  /** Of its directory, where a place has several. */
  readonly name?: string;
  readonly port: number;
  readonly issuer: string;
  readonly certificates: Certificates;
  /** As in a lake file, and `path`, the base path; absent: `prefix`, without mounts, below `/escape`. */
  readonly storage?:
    | (Readonly<Record<string, unknown>> & { readonly name?: string; readonly path?: string })
    | undefined;
  /** Whether groups are mapped to local names. */
  readonly mapGroups?: boolean | undefined;
  /** What the storage holds at the start, by path. */
  readonly files: Readonly<Record<string, string>>;
}

export interface Xrootd {
  /** What a stored file holds, null when there is none; read past the server. */
  stored(path: string): Promise<string | null>;
  stop(): Promise<void>;
}

/** Resolves when the server is up. Throws with the server's own words when it ends before. */
export async function startXrootd(options: XrootdOptions): Promise<Xrootd> {
  const { place, certificates, files } = options;
  const directory = join(place.directory, options.name ?? 'xrootd');
  const config = await writeConfiguration(directory, options);
  for (const [path, content] of Object.entries(files)) {
    await write(join(directory, 'data', path), content);
  }
  const user = process.getuid?.() === 0 ? await findUser() : null;
  if (user !== null) {
    await run('chown', ['-R', `${user.uid}:${user.gid}`, directory]);
  }
  const trust = await trustAuthority(certificates.ca);
  const command = trust.wrap(['sh', '-c', 'cd / && exec xrootd -c "$0" 2>&1', config], user);
  const server = place.start({ XDG_CACHE_HOME: join(directory, 'cache') }, command);
  const stop = async () => {
    await server.stop();
    await trust.undo();
  };
  try {
    await server.waitFor(/ xrootd .* initialization completed/);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, stored: (path) => readFile(join(directory, 'data', path), 'utf8').catch(() => null) };
}

/** The files as printed, with the places of this run instead of the system's. Returns the server's own. */
async function writeConfiguration(directory: string, options: XrootdOptions): Promise<string> {
  const { certificates } = options;
  const here: readonly (readonly [string, string])[] = [
    ['/etc/ssl/certs/ca-certificates.crt', certificates.ca],
    ['/etc/xrootd', directory],
    ['/var/spool/xrootd', join(directory, 'admin')],
    ['/run/xrootd', join(directory, 'run')],
    ['/srv/xrootd', join(directory, 'data')],
  ];
  const names = ['xrootd-sluice.cfg', 'scitokens.cfg', ...(options.mapGroups ? ['groups.json'] : [])];
  for (const name of names) {
    const printed = await printPart(name, options);
    await write(
      join(directory, name),
      here.reduce((rest, [theirs, ours]) => rest.replaceAll(theirs, ours), printed),
    );
  }
  await copyFile(certificates.cert, join(directory, 'host.pem'));
  await copyFile(certificates.key, join(directory, 'host.key'));
  await mkdir(join(directory, 'cache'));
  return join(directory, 'xrootd-sluice.cfg');
}

/** What the command prints for the storage on this port. */
async function printPart(name: string, { port, issuer, storage, mapGroups }: XrootdOptions): Promise<string> {
  const { path, ...registered } = { path: '/escape', name: 'XROOTD', matching: 'prefix', ...storage };
  const lake = {
    version: 1,
    groups: [{ path: '/escape', default: true }],
    storages: [{ ...registered, audience: `https://localhost:${port}` }],
  };
  const place = ['--lake', '-', '--issuer', issuer, '--storage', registered.name, '--base-path', path];
  const options = [...place, ...(mapGroups ? ['--map-groups'] : []), '--part', name];
  const { stdout } = await runCommand('', configCommand, ['xrootd', ...options], JSON.stringify(lake));
  return stdout;
}

/** Debian's package makes `xrootd`; `nobody` is everywhere. */
async function findUser(): Promise<SystemUser> {
  for (const name of ['xrootd', 'nobody']) {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => askId(which, name)));
    if (uid && gid) {
      return { uid, gid };
    }
  }
  throw new Error('expected a user `xrootd` or `nobody`: XRootD does not run as root');
}

/** Empty when there is no such user. */
async function askId(which: string, name: string): Promise<string> {
  const answer = await run('id', [which, name]).catch(() => ({ stdout: '' }));
  return answer.stdout.trim();
}

async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
