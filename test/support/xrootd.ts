/** Runs a real XRootD with the two configuration files of docs/integration/xrootd.md, as a user that is not root. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificates } from './certificates.ts';
import type { ServerPlace } from './server-place.ts';
import { type SystemUser, trustAuthority } from './xrootd-trust.ts';

const run = promisify(execFile);

/** The page for administrators of a storage: the configuration files are taken from it. */
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
  readonly port: number;
  readonly issuer: string;
  readonly certificates: Certificates;
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
  const directory = join(place.directory, 'xrootd');
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

/** The files of the page, with the names and places of this run instead of the page's. Returns the server's own. */
async function writeConfiguration(directory: string, options: XrootdOptions): Promise<string> {
  const { port, issuer, certificates } = options;
  const page = await readFile(xrootdPage, 'utf8');
  const here: readonly (readonly [string, string])[] = [
    ['/etc/ssl/certs/ca-certificates.crt', certificates.ca],
    ['/etc/xrootd', directory],
    ['/var/spool/xrootd', join(directory, 'admin')],
    ['/run/xrootd', join(directory, 'run')],
    ['/srv/xrootd', join(directory, 'data')],
    ['https://issuer.example.org/', issuer],
    ['storage.example.org', 'localhost'],
    ['8444', String(port)],
  ];
  for (const name of ['xrootd-sluice.cfg', 'scitokens.cfg']) {
    const text = here.reduce((rest, [theirs, ours]) => rest.replaceAll(theirs, ours), findFile(page, name));
    await write(join(directory, name), text);
  }
  await copyFile(certificates.cert, join(directory, 'host.pem'));
  await copyFile(certificates.key, join(directory, 'host.key'));
  await mkdir(join(directory, 'cache'));
  return join(directory, 'xrootd-sluice.cfg');
}

/** The first fenced block below the line that starts with the file's name. */
function findFile(page: string, name: string): string {
  const block = page.slice(page.indexOf(`\n\`/etc/xrootd/${name}\``)).match(/\n```\w*\n([\s\S]*?)\n```/)?.[1];
  if (block === undefined) {
    throw new Error(`docs/integration/xrootd.md shows no \`${name}\``);
  }
  return `${block}\n`;
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
