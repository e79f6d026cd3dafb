/** Bearer token discovery: where a command finds the user's token when none is given (wlcg-tokens.md B-1 to B-3). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../shared/result.ts';

export interface DiscoveryDeps {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The effective user id. */
  readonly userId: number;
  /** `/tmp`; another one in tests. */
  readonly temporaryDirectory: string;
}

/** RFC 6750 section 2.1. */
const b64token = /^[\w.~+/-]+=*$/;

/** The first token found, in the order of B-1, or why there is none; the reason holds no part of a token. */
export async function findBearerToken({
  env,
  userId,
  temporaryDirectory,
}: DiscoveryDeps): Promise<Result<string, string>> {
  const { BEARER_TOKEN: value, BEARER_TOKEN_FILE: named, XDG_RUNTIME_DIR: runtime } = env;
  const name = `bt_u${userId}`;
  const places: readonly [place: string, read: () => Promise<string>][] = [
    ['`BEARER_TOKEN`', async () => value ?? ''],
    ...fileAt(named, (path) => readFile(path, 'utf8')),
    ...fileAt(runtime && join(runtime, name), readIfThere),
    ...fileAt(join(temporaryDirectory, name), readIfThere),
  ];
  for (const [place, read] of places) {
    const text = await read().catch(() => undefined);
    if (text === undefined) return err(`token file ${place} cannot be read`);
    const token = trim(text);
    // B-2: an empty place is passed over, an invalid one is an error rather than a surprise from the next place.
    if (token !== '') return b64token.test(token) ? ok(token) : err(`${place} holds no bearer token`);
  }
  return err('no token given and none found; expected an argument, `BEARER_TOKEN` or a bearer token file');
}

function fileAt(
  path: string | undefined,
  read: (path: string) => Promise<string>,
): readonly [string, () => Promise<string>][] {
  return path ? [[`\`${path}\``, () => read(path)]] : [];
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return '';
    throw cause;
  });
}

/** The whitespace that B-2 names, and no other. */
function trim(text: string): string {
  return text.replace(/^[ \f\n\r\t\v]+|[ \f\n\r\t\v]+$/g, '');
}
