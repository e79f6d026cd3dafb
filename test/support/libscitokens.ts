/** Asks Debian's libscitokens, the library inside XRootD, what it opens with a token: by Python, as the package has no program for it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Debian's names. */
export const libscitokensPackages = ['libscitokens0', 'python3-minimal', 'libpython3-stdlib'];

/** `compatible` takes every form, and is what XRootD asks for. */
export const libscitokensProfiles = { compatible: 0, scitokens: 2, wlcg: 3 } as const;

export interface LibscitokensQuestion {
  readonly issuer: string;
  readonly audience: string;
  readonly kid: string;
  /** PEM; a P-256 key is the only one that the library takes without asking the issuer. */
  readonly publicKey: string;
  readonly tokens: readonly { readonly token: string; readonly asked: readonly (readonly [string, string])[] }[];
  /** Which tokens the library takes; absent: WLCG tokens only. */
  readonly profile?: (typeof libscitokensProfiles)[keyof typeof libscitokensProfiles];
  /** Where the library keeps keys; one that is its own. */
  readonly cache: string;
}

export type LibscitokensAnswer =
  | { readonly error: string }
  | { readonly list: readonly (readonly [string, string])[]; readonly opened: readonly boolean[] };

const program = fileURLToPath(new URL('libscitokens.py', import.meta.url));

/** One answer for each token. Rejects with the signal when the library crashes. */
export async function askLibscitokens({ cache, ...question }: LibscitokensQuestion): Promise<LibscitokensAnswer[]> {
  const child = spawn('/usr/bin/python3', [program], { env: { XDG_CACHE_HOME: cache } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<string | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status === 0 ? null : (signal ?? stderr)));
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(question));
  const fault = await ended;
  if (fault !== null) throw new Error(`libscitokens ended: ${fault}`);
  return JSON.parse(stdout);
}
