/** Python programs of the interop tests, each with its pinned packages in a virtual environment of its own. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Installed, installOnce, reasonOf } from './installed-once.ts';
import { ensurePackages } from './packages.ts';

const run = promisify(execFile);

export interface PythonEnvironment extends Installed {
  /** A program that a package brought, `python` among them. */
  bin(name: string): string;
  /** As pinned. */
  versionOf(packageName: string): string;
}

/** `requirements` is a file in which every package is pinned with `==`. */
export async function preparePythonEnvironment(party: string, requirements: URL): Promise<PythonEnvironment> {
  const pins = await readFile(requirements, 'utf8');
  const installed = await install(party, pins);
  return {
    ...installed,
    bin: (name) => join(installed.directory, 'bin', name),
    versionOf: (name) => new RegExp(`^${name}==(\\S+)$`, 'im').exec(pins)?.[1] ?? 'without a pin',
  };
}

async function install(party: string, pins: string): Promise<Installed> {
  const python = await findPython();
  if ('missing' in python) {
    return { directory: '', missing: python.missing };
  }
  const script = `cat > requirements.txt <<'END'
${pins}
END
'${python.path}' -m venv .
bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt`;
  return installOnce(party, python.version, script);
}

type Python = { readonly path: string; readonly version: string } | { readonly missing: string };

/** Debian's `python3` comes without the part that makes environments. */
async function findPython(): Promise<Python> {
  const found = await askPython();
  if (!('missing' in found) || process.env.SLUICE_TEST_PARTIES === 'skip') {
    return found;
  }
  const missing = await ensurePackages(['python3-venv']);
  return missing === null ? askPython() : { missing };
}

async function askPython(): Promise<Python> {
  const question = 'import ensurepip, sys, venv; print(sys.executable, sys.version.split()[0])';
  try {
    const [path = '', version = ''] = (await run('python3', ['-c', question])).stdout.trim().split(' ');
    return { path, version };
  } catch (error) {
    return { missing: `no python3 that makes virtual environments: ${reasonOf(error)}` };
  }
}
