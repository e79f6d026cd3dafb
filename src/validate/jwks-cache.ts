/** Finds an issuer's keys on disk and keeps them there for the next start (system JWKS cache, wlcg-tokens.md J-1 to J-3). */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheFileName, findCacheEntry, type JwksCacheEntry, replaceCacheEntry } from './jwks-cache-format.ts';

/** A cache file, or a directory with one file an issuer. A string is the file or directory there; where nothing is, a name in `.json` is a file. */
export type JwksCacheLocation = string | { readonly file: string } | { readonly directory: string };

/** The variables that J-3 names, `JWKS_CACHE_DIR` and `JWKS_CACHE_FILE`; usually the environment of the process. */
export type CacheEnvironment = Readonly<Record<string, string | undefined>>;

export interface JwksCache {
  /** The first entry that is valid at `now` (milliseconds), in the order of J-3. */
  readonly find: (issuer: string, now: number) => Promise<JwksCacheEntry | undefined>;
  /** Replaces the issuer's entry at the cache's own location, if it has one; `nextUpdate` in seconds. Rejects when it cannot. */
  readonly store: (issuer: string, entry: JwksCacheEntry, nextUpdate: number) => Promise<void>;
}

/** J-3, after the two variables. */
const systemLocations: readonly JwksCacheLocation[] = [
  { directory: '/etc/jwks/' },
  { file: '/etc/jwks/cache.json' },
  { directory: '/var/cache/jwks/' },
  { file: '/var/cache/jwks/cache.json' },
];

/** A cache that writes to `own` and reads from there first, then from the system's locations. */
export function createJwksCache(own: JwksCacheLocation | undefined, environment: CacheEnvironment): JwksCache {
  const locations = [own, ...fromEnvironment(environment), ...systemLocations].filter(isPresent);
  let lastWrite: Promise<void> = Promise.resolve();
  return {
    find: async (issuer, now) => {
      for (const location of locations) {
        const entry = findCacheEntry(await readText(await pathOf(location, issuer)), issuer);
        if (entry !== undefined && entry.expiration * 1000 > now) return entry;
      }
      return undefined;
    },
    store: async (issuer, entry, nextUpdate) => {
      if (own === undefined) return;
      // One after the other: entries of several issuers may share a file.
      const write = lastWrite.then(async () => {
        const path = await pathOf(own, issuer);
        await replaceFile(path, replaceCacheEntry(await readText(path), issuer, entry, nextUpdate));
      });
      lastWrite = write.catch(() => {});
      await write;
    },
  };
}

/** A cache of nothing: neither reads nor writes files. */
export const noJwksCache: JwksCache = { find: async () => undefined, store: async () => {} };

function fromEnvironment(environment: CacheEnvironment): readonly (JwksCacheLocation | undefined)[] {
  const { JWKS_CACHE_DIR: directory, JWKS_CACHE_FILE: file } = environment;
  return [directory ? { directory } : undefined, file ? { file } : undefined];
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}

async function pathOf(location: JwksCacheLocation, issuer: string): Promise<string> {
  if (typeof location === 'object') {
    return 'file' in location ? location.file : join(location.directory, cacheFileName(issuer));
  }
  const isDirectory = await stat(location).then(
    (found) => found.isDirectory(),
    () => !location.endsWith('.json'),
  );
  return isDirectory ? join(location, cacheFileName(issuer)) : location;
}

/** An absent or unreadable file is as an empty one: the next location may serve. */
async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Readers see the old file or the new one, never a part. */
async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o644, flag: 'wx' });
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw cause;
  }
}
