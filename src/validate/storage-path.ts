/** Paths as a verifier reads them: decoded segments, compared whole (wlcg-tokens.md W-PATH-1 to W-PATH-4). */

export interface StoragePath {
  /** Percent-decoded; never empty, never `.` or `..`. */
  readonly segments: readonly string[];
  /** The path is written as a directory (W-PATH-6). */
  readonly directory: boolean;
}

/** Longest path read, in characters. */
const maxPathLength = 8192;

/** How often an encoding may be nested before the path counts as an attack. */
const maxEncodingDepth = 8;

const scopePathGrammar = /^\/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;

/** The path of a scope token, in the strict grammar of wlcg-tokens.md 2.2; undefined when malformed, relative or unsafe. */
export function parseScopePath(text: string): StoragePath | undefined {
  return scopePathGrammar.test(text) ? parsePath(text) : undefined;
}

/** The path of a request as it stands in a URL, percent-encoded or not; undefined when relative or unsafe. */
export function parseRequestPath(text: string): StoragePath | undefined {
  return text.startsWith('/') ? parsePath(text) : undefined;
}

/** Whether the first path is the second one or an ancestor of it, segment by segment (W-PATH-4). */
export function isAtOrAbove(upper: readonly string[], lower: readonly string[]): boolean {
  return upper.length <= lower.length && upper.every((segment, index) => segment === lower[index]);
}

/** Collapses `//` and `.`, refuses `..` (RFC 3986 section 6 would resolve it; W-PATH-3). */
function parsePath(text: string): StoragePath | undefined {
  if (text.length > maxPathLength) return undefined;
  const raw = text.split('/').slice(1);
  const decoded = raw.map(decodeSegment);
  if (!decoded.every((segment) => segment !== undefined)) return undefined;
  const segments = decoded.filter((segment) => segment !== '' && segment !== '.');
  const last = decoded.at(-1);
  return { segments, directory: last === '' || last === '.' };
}

function decodeSegment(segment: string): string | undefined {
  if (isUnsafe(segment)) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Whether some depth of decoding shows a parent reference, a separator or a control character: a later layer may decode again. */
function isUnsafe(segment: string): boolean {
  let text = segment;
  for (let depth = 0; depth <= maxEncodingDepth; depth += 1) {
    if (isParentReference(text) || hasForbiddenCharacter(text)) return true;
    const next = decodeOnce(text);
    if (next === text) return false;
    text = next;
  }
  return true;
}

/** Some servers cut path parameters off, so that `..;x` climbs as `..` does. */
function isParentReference(segment: string): boolean {
  return segment === '..' || segment.startsWith('..;');
}

function hasForbiddenCharacter(segment: string): boolean {
  return Array.from(segment).some(
    (character) => character < ' ' || character === '\u007f' || character === '/' || character === '\\',
  );
}

/** Decodes octets one by one; good enough for finding ASCII characters. */
function decodeOnce(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
