/** The text of a system JWKS cache, format 1.0 (wlcg-tokens.md J-1, J-2). */
import { createHash } from 'node:crypto';
import { isJwkSet, type JwkSet } from './public-key.ts';

export interface JwksCacheEntry {
  /** Seconds since the epoch; the entry is void after it. */
  readonly expiration: number;
  readonly jwks: JwkSet;
}

/** J-2: the name of an issuer's file in a directory. */
export function cacheFileName(issuer: string): string {
  return createHash('sha256').update(issuer).digest('hex');
}

/** J-1: the entry of an issuer; of several concatenated objects a later one wins. Undefined when absent or unreadable. */
export function findCacheEntry(text: string, issuer: string): JwksCacheEntry | undefined {
  const entry = readMembers(text).get(issuer);
  return isEntry(entry) ? entry : undefined;
}

/** The text with this issuer's entry put in place of an older one; other entries are kept. */
export function replaceCacheEntry(text: string, issuer: string, entry: JwksCacheEntry, nextUpdate: number): string {
  const members = readMembers(text).set(issuer, { ...entry, next_update: nextUpdate });
  return `${JSON.stringify(Object.fromEntries(members))}\n`;
}

function isEntry(value: unknown): value is JwksCacheEntry {
  const entry = Object(value) as Partial<JwksCacheEntry>;
  return typeof entry.expiration === 'number' && isJwkSet(entry.jwks);
}

function readMembers(text: string): Map<string, unknown> {
  const members = new Map<string, unknown>();
  for (const part of splitObjects(text)) {
    for (const [issuer, entry] of Object.entries(parseObject(part))) members.set(issuer, entry);
  }
  return members;
}

function parseObject(text: string): object {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Cuts concatenated objects apart at braces outside strings. */
function splitObjects(text: string): readonly string[] {
  const objects: string[] = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') {
      if (depth === 0) start = index;
      depth += 1;
    } else if (token === '}') {
      depth -= 1;
      if (depth === 0) objects.push(text.slice(start, index + 1));
    }
  }
  return objects;
}
