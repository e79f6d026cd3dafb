// Adds to package-lock.json the optional packages of other platforms that npm left out because it could not reach them
// when the lock was written; without them `npm ci` calls the lock out of step. Run after a change of dependencies.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'sunos', 'aix', 'netbsd', 'openbsd'];
const processors = {
  armhf: 'arm',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  loong64: 'loong64',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  x64: 'x64',
};

const added = [];
for (const [parentPath, parent] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
    const places = [`${parentPath}/node_modules/${name}`, `node_modules/${name}`];
    if (places.some((place) => lock.packages[place]) || parentPath === '') continue;
    const words = name.split(/[/-]/);
    const os = systems.find((system) => words.includes(system));
    const cpu = Object.entries(processors).find(([word]) => words.includes(word))?.[1];
    if (!os || !cpu || !/^\d/.test(range)) continue;
    const libc = name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : undefined;
    lock.packages[places[1]] = {
      version: range,
      cpu: [cpu],
      ...(parent.dev && { dev: true }),
      ...(os === 'linux' && libc && { libc }),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added.length} added`);
