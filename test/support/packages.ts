/** Installs Debian packages that a suite needs, where that is allowed; for the proof with a real storage. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Null when every package is installed at the end, else the reason why not, as one line. */
export async function ensurePackages(names: readonly string[]): Promise<string | null> {
  if (!(await succeeds('dpkg', ['--version']))) {
    return `this is not Debian, expected the packages ${names.join(', ')}`;
  }
  const missing = await findMissing(names);
  if (missing.length === 0) {
    return null;
  }
  if (process.getuid?.() !== 0) {
    return `missing packages, to be installed by root: \`apt-get install ${missing.join(' ')}\``;
  }
  return install(missing);
}

async function findMissing(names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map(isInstalled));
  return names.filter((_, index) => !found[index]);
}

async function isInstalled(name: string): Promise<boolean> {
  // An unknown name makes dpkg fail; a removed package is known, but not `installed`.
  const answer = await run('dpkg', ['--status', name]).catch(() => null);
  return answer !== null && /^Status: \S+ ok installed$/m.test(answer.stdout);
}

async function install(names: readonly string[]): Promise<string | null> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const patient = ['-o', 'DPkg::Lock::Timeout=300', '--yes'];
  try {
    await run('apt-get', [...patient, 'update'], { env });
    await run('apt-get', [...patient, '--no-install-recommends', 'install', ...names], { env, maxBuffer: 2 ** 26 });
    return null;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return `cannot install ${names.join(', ')}: ${(stderr || message).trim().replaceAll('\n', '; ')}`;
  }
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
