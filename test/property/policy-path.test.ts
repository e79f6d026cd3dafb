/** Properties of canonical paths and of the relation "covers" (policy-semantics 2.1 and 2.2). */
import fc from 'fast-check';
import { covers, includes } from '../../src/policy/action.ts';
import { isAtOrBelow, lineage, parsePath } from '../../src/policy/path.ts';
import { findConfusions } from '../../src/policy/path-confusion.ts';
import { actions } from '../../src/policy/rule.ts';

const segment = fc.constantFrom('a', 'ab', 'a.b', 'b', '..c', '~');
const path = fc
  .array(segment, { maxLength: 4 })
  .map((segments) => parsePath(`/${segments.join('/')}`))
  .map((parsed) => {
    if (!parsed.ok) throw new Error('expected a path');
    return parsed.value;
  });
const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('/', '.', '..', 'a', '%2e', '%2F', '\\', '|', '*', '?', '#', ' ', '\0', 'Ａ'))
    .map((parts) => parts.join('')),
);

test('normalising is idempotent, and keeps nothing outside the grammar', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const parsed = parsePath(text);
      if (!parsed.ok) return;
      expect(parsePath(parsed.value)).toEqual(parsed);
      expect(parsed.value).toMatch(/^\/$|^(\/[A-Za-z0-9\-_.~=@,]+)+$/);
      expect(parsed.value.split('/')).not.toContain('..');
      expect(parsed.value.split('/')).not.toContain('.');
    }),
    { numRuns: 2000 },
  );
});

test('extra slashes never change the path', () => {
  fc.assert(
    fc.property(path, (one) => {
      expect(parsePath(`${one.replaceAll('/', '//')}/`)).toEqual({ ok: true, value: one });
    }),
  );
});

test('at or below is a partial order on whole segments', () => {
  fc.assert(
    fc.property(path, path, path, (one, other, third) => {
      expect(isAtOrBelow(one, one)).toBe(true);
      if (isAtOrBelow(one, other) && isAtOrBelow(other, one)) expect(one).toBe(other);
      if (isAtOrBelow(one, other) && isAtOrBelow(other, third)) expect(isAtOrBelow(one, third)).toBe(true);
      expect(isAtOrBelow(one, other)).toBe(lineage(one).includes(other));
      if (one !== '/') expect(isAtOrBelow(`${one}x`, one)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});

test('covers is a partial order on actions', () => {
  for (const one of actions) {
    expect(includes(covers(one), one)).toBe(true);
    for (const other of actions) {
      if (one !== other && includes(covers(one), other)) expect(includes(covers(other), one)).toBe(false);
      if (includes(covers(one), other)) expect(covers(one) & covers(other)).toBe(covers(other));
    }
  }
});

test('confusions are found as a comparison of all pairs finds them', () => {
  // With dots for any character, one is a beginning of the other that ends at its end, at a slash or at a dot.
  const looksNested = (short: string, long: string) =>
    short.length <= long.length &&
    [...short].every((character, at) => character === '.' || long[at] === '.' || character === long[at]) &&
    [undefined, '/', '.'].includes(long[short.length]);
  const confused = (one: string, other: string) =>
    !isAtOrBelow(one, other) && !isAtOrBelow(other, one) && (looksNested(one, other) || looksNested(other, one));
  fc.assert(
    fc.property(fc.uniqueArray(path, { maxLength: 8 }), (paths) => {
      const naive = paths.filter((one) => one.includes('.') && paths.some((other) => confused(one, other)));
      const found = findConfusions(paths);
      expect(found.map((confusion) => confusion.path).toSorted()).toEqual(naive.toSorted());
      for (const confusion of found) expect(confused(confusion.path, confusion.with)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
