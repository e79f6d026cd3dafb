/** Paths in any spelling: what is allowed lies below the scope however a storage resolves it (W-PATH-3, W-PATH-4). */
import { posix } from 'node:path';
import fc from 'fast-check';
import { authorizeScope } from '../../src/validate/index.ts';

const plain = fc.constantFrom('a', 'b', 'ab', 'a.b', '..a', 'A');
const spelling = fc.constantFrom(
  '',
  '.',
  '..',
  '%2e',
  '.%2E',
  '%252e%252e',
  '..;x',
  'a%2fb',
  '%5c',
  '%61',
  'a%20b',
  '%',
);
const plainPath = fc.array(plain, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
const anyPath = fc.array(fc.oneof(plain, spelling), { maxLength: 6 }).map((segments) => `/${segments.join('/')}`);

const mayRead = (scope: string, path: string) =>
  authorizeScope({ scope: `storage.read:${scope}`, operation: 'read', path }).decision === 'allow';

/** Decodes as often as there is something to decode, drops path parameters and resolves dots: the most a storage could do. */
function resolveEagerly(path: string): string {
  let text = path;
  for (let next = ''; text !== next; ) {
    next = text;
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return posix.normalize(text.replace(/\\/g, '/').replace(/;[^/]*/g, ''));
}

/** String comparison on canonical paths: short enough to check by eye. */
const isBelow = (upper: string, lower: string) => `${lower}/`.startsWith(upper === '/' ? '/' : `${upper}/`);

test('plain paths are judged as by comparing whole segments', () => {
  fc.assert(fc.property(plainPath, plainPath, (scope, path) => mayRead(scope, path) === isBelow(scope, path)));
});

test('no spelling of a path leads out of the scope', () => {
  fc.assert(
    fc.property(plainPath, anyPath, (scope, path) => {
      fc.pre(mayRead(scope, path));
      expect(isBelow(scope, resolveEagerly(path).replace(/(.)\/$/, '$1'))).toBe(true);
    }),
  );
});

test('a scope in any spelling covers no more than its plain form', () => {
  fc.assert(
    fc.property(anyPath, plainPath, (scope, path) => {
      fc.pre(mayRead(scope, path));
      expect(isBelow(resolveEagerly(scope).replace(/(.)\/$/, '$1'), path)).toBe(true);
    }),
  );
});

test('a base path in front of both changes nothing', () => {
  fc.assert(
    fc.property(plainPath, plainPath, (scope, path) => {
      const question = { scope: `storage.read:${scope}`, operation: 'read' } as const;
      const based = authorizeScope({ ...question, path: `/vo${path}`, basePath: '/vo' });
      expect(based).toEqual(authorizeScope({ ...question, path }));
    }),
  );
});
