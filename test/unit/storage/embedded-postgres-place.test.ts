/** As root PostgreSQL runs as another user, also when that user may not enter the checkout (issue: start, stop, configure). */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binariesFor } from '../../../src/storage/embedded-postgres-binaries.ts';
import { findUser, mayAccess } from '../../../src/storage/embedded-postgres-user.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'place-'));
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true }));

const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };

function makeFile(path: string, mode: number): string {
  const full = join(directory, path);
  mkdirSync(join(full, '..'), { recursive: true });
  writeFileSync(full, path);
  chmodSync(full, mode);
  return full;
}

/** A package of programs as a private checkout has it. */
function makeBinaries() {
  const native = join(directory, 'private', 'native');
  makeFile('private/native/bin/postgres', 0o700);
  makeFile('private/native/bin/initdb', 0o700);
  makeFile('private/native/share/postgresql/postgres.bki', 0o600);
  makeFile('private/native/lib/libpq.so.5.18', 0o600);
  symlinkSync('libpq.so.5.18', join(native, 'lib', 'libpq.so.5'));
  chmodSync(join(directory, 'private'), 0o700);
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), version: '1.2.3' };
}

test('a user may use a file only when every directory above lets it through', () => {
  const file = makeFile('a/b/file', 0o644);
  expect(mayAccess(stranger, file, 'read')).toBe(true);
  expect(mayAccess(stranger, file, 'execute')).toBe(false);
  chmodSync(join(directory, 'a'), 0o711);
  expect(mayAccess(stranger, file, 'read')).toBe(true);
  chmodSync(join(directory, 'a'), 0o700);
  expect(mayAccess(stranger, file, 'read')).toBe(false);
  expect(mayAccess(stranger, join(directory, 'a'), 'enter')).toBe(false);
});

test('the owner and the group of a file are judged by their own bits', () => {
  const file = makeFile('file', 0o047);
  const { uid, gid } = statSync(file);
  expect(mayAccess({ name: 'owner', uid, gid }, file, 'read')).toBe(false);
  expect(mayAccess({ ...stranger, gid }, file, 'read')).toBe(true);
  expect(mayAccess({ ...stranger, gid }, file, 'execute')).toBe(false);
  expect(mayAccess(stranger, file, 'execute')).toBe(true);
});

test('programs that the user of PostgreSQL may not run are copied once to a public place', async () => {
  const found = makeBinaries();
  const home = join(directory, 'public');
  const notices: string[] = [];
  const copies = await binariesFor(stranger, (line) => notices.push(line), home, found);
  expect(copies.postgres).toBe(join(home, 'postgresql-1.2.3', 'bin', 'postgres'));
  expect(mayAccess(stranger, copies.postgres, 'execute')).toBe(true);
  expect(mayAccess(stranger, copies.initdb, 'execute')).toBe(true);
  expect(readFileSync(join(home, 'postgresql-1.2.3', 'lib', 'libpq.so.5'), 'utf8')).toContain('libpq');
  expect(notices).toEqual([
    expect.stringContaining(`using a copy of the programs in \`${join(home, 'postgresql-1.2.3')}\``),
  ]);

  expect(await binariesFor(stranger, (line) => notices.push(line), home, found)).toEqual(copies);
  expect(notices).toHaveLength(1);
});

test('an ordinary user runs the programs where they are', async () => {
  const found = makeBinaries();
  expect(await binariesFor(null, () => {}, join(directory, 'public'), found)).toBe(found);
});

test('users are found by name in the passwd file, root never', () => {
  const passwd = makeFile('passwd', 0o644);
  writeFileSync(passwd, 'root:x:0:0::/root:/bin/sh\npostgres:x:101:104::/var/lib:/bin/sh\n');
  expect(findUser('postgres', passwd)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  expect(findUser('root', passwd)).toBeUndefined();
  expect(findUser('absent', passwd)).toBeUndefined();
  expect(findUser('postgres', join(directory, 'none'))).toBeUndefined();
});
