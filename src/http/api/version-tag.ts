/** Versions as strong ETags, `"v3"` or a digest (RFC 9110 section 8.8.3), and what If-Match and If-None-Match say of them. */
import { err, ok, type Result } from '../../shared/result.ts';

/** A number for what has a history, a digest for what has none. */
export type Version = number | string;

/** What If-Match expects: anything that exists, or the one tag, without its quotes. */
export type ExpectedTag = 'any' | { readonly tag: string };

export function versionTag(version: Version): string {
  return `"${tagText(version)}"`;
}

function tagText(version: Version): string {
  return typeof version === 'number' ? `v${version}` : version;
}

/** Undefined when the header is absent; a list is refused, as a change is made to one known version. */
export function readIfMatch(header: string | undefined): Result<ExpectedTag | undefined, string> {
  if (header === undefined) return ok(undefined);
  const text = header.trim();
  if (text === '*') return ok('any');
  const parts = entityTag.exec(text);
  if (parts === null) return err('expected one entity tag such as `"v3"`, or `*`');
  // Strong comparison: a weak tag matches nothing.
  return ok({ tag: parts[1] === undefined ? (parts[2] ?? '') : 'weak' });
}

/** The version of something with a history; 0, which nothing has, for a tag that was never given out. */
export function expectedNumber(expected: ExpectedTag): number | undefined {
  if (expected === 'any') return undefined;
  const digits = /^v([1-9]\d{0,8})$/.exec(expected.tag)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/** The digest of something without one. */
export function expectedDigest(expected: ExpectedTag): string | undefined {
  return expected === 'any' ? undefined : expected.tag;
}

/** RFC 9110 section 13.1.2, weak comparison; a header that cannot be read matches nothing. */
export function matchesNone(header: string, version: Version): boolean {
  if (header.trim() === '*') return false;
  return !header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === versionTag(version));
}

const entityTag = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
