import {
  asDirectory,
  isAtOrBelow,
  isBelow,
  lineage,
  parentOf,
  parsePath,
  rebase,
  root,
} from '../../../src/policy/path.ts';

const read = (text: string) => {
  const parsed = parsePath(text);
  if (!parsed.ok) throw new Error(`expected \`${text}\` to be a path`);
  return parsed.value;
};

test.each([
  ['/', '/'],
  ['//', '/'],
  ['/a', '/a'],
  ['/a/', '/a'],
  ['//a///b//', '/a/b'],
  ['/a..b/...', '/a..b/...'],
  ['/A-z_0.9~=@,', '/A-z_0.9~=@,'],
  [`/${'x'.repeat(511)}`, `/${'x'.repeat(511)}`],
])('policy-semantics 2.2: %j is read as %j', (text, canonical) => {
  expect(parsePath(text)).toEqual({ ok: true, value: canonical });
});

test.each([
  '',
  'a',
  'a/b',
  '/.',
  '/..',
  '/a/../b',
  '/a/./b',
  '/a/..',
  '/%2e%2e',
  '/a%2Fb',
  '/a|/b',
  '/a*',
  '/a+b',
  '/a?',
  '/a#b',
  '/(a)',
  '/[a]',
  '/{a}',
  '/^a',
  '/a$',
  '/a\\b',
  '/a b',
  '/a:b',
  '/a;b',
  '/a!',
  '/a&b',
  '/a\u0000',
  '/a\n',
  '/Ａ',
  '/é',
  `/${'x'.repeat(512)}`,
])('policy-semantics 2.2: %j is refused, never repaired', (text) => {
  expect(parsePath(text)).toEqual({ ok: false, error: 'malformed' });
});

test('W-PATH-4: a path covers itself and what is below it by whole segments', () => {
  expect(isAtOrBelow('/foo', '/foo')).toBe(true);
  expect(isAtOrBelow('/foo/x', '/foo')).toBe(true);
  expect(isAtOrBelow('/foobar', '/foo')).toBe(false);
  expect(isAtOrBelow('/foo', '/foo/x')).toBe(false);
  expect(isAtOrBelow('/foo', '/')).toBe(true);
  expect(isBelow('/foo', '/foo')).toBe(false);
  expect(isBelow('/', '/')).toBe(false);
  expect(isBelow('/foo', '/')).toBe(true);
});

test('the lineage runs from the root down to the path', () => {
  expect(lineage(root)).toEqual(['/']);
  expect(lineage(read('/a/b/c'))).toEqual(['/', '/a', '/a/b', '/a/b/c']);
});

test('the parent of a first segment, and of the root, is the root', () => {
  expect(parentOf(read('/a/b'))).toBe('/a');
  expect(parentOf(read('/a'))).toBe('/');
  expect(parentOf(root)).toBe('/');
});

test('a path moves from a mount to its place and back', () => {
  expect(rebase(read('/s/data/x'), read('/s/data'), root)).toBe('/x');
  expect(rebase(read('/s/data'), read('/s/data'), root)).toBe('/');
  expect(rebase(read('/s/data'), read('/s/data'), read('/l'))).toBe('/l');
  expect(rebase(read('/x'), root, read('/l'))).toBe('/l/x');
  expect(rebase(root, root, read('/l'))).toBe('/l');
});

test('the directory form ends in one slash', () => {
  expect(asDirectory('/a')).toBe('/a/');
  expect(asDirectory('/')).toBe('/');
});
