/** Small parts of the API: entity tags, cursors, JSON bodies, problems, paths. */
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../../src/http/api/cursor.ts';
import { readJson } from '../../../../src/http/api/json-body.ts';
import { problemNames, problemType, statusOf } from '../../../../src/http/api/problem.ts';
import { pointerOf } from '../../../../src/http/api/read-request.ts';
import { createRouter } from '../../../../src/http/api/router.ts';
import {
  expectedDigest,
  expectedNumber,
  matchesNone,
  readIfMatch,
  versionTag,
} from '../../../../src/http/api/version-tag.ts';
import { fakeContext } from '../../../support/fake-context.ts';

describe('entity tags (RFC 9110 section 8.8.3)', () => {
  test('a version reads back as itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (version) => {
        const read = readIfMatch(versionTag(version));
        expect(read.ok && read.value !== undefined && expectedNumber(read.value)).toBe(version);
      }),
    );
    const digest = readIfMatch(versionTag('WBFIkjcJF-Sng_nu9bizX8'));
    expect(digest.ok && digest.value !== undefined && expectedDigest(digest.value)).toBe('WBFIkjcJF-Sng_nu9bizX8');
  });

  test.each(['"v0"', '"v-1"', '"v01"', '"v1.0"', '"V1"', '"1"', '""', 'W/"v1"', '"v99999999999"'])(
    'If-Match with %s expects a version that nothing has',
    (header) => {
      const read = readIfMatch(header);
      expect(read.ok && read.value !== undefined && expectedNumber(read.value)).toBe(0);
    },
  );

  test.each(['', 'v1', '"v1', '"v1", "v2"', '"v1"x', 'w/"v1"', '**', '"a"b"'])(
    'If-Match with %s cannot be read',
    (header) => {
      expect(readIfMatch(header).ok).toBe(false);
    },
  );

  test('If-Match is absent, or `*` for anything', () => {
    expect([readIfMatch(undefined), readIfMatch(' * ')]).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: 'any' },
    ]);
    expect(expectedNumber('any')).toBeUndefined();
  });

  test.each([
    ['', true],
    ['*', false],
    ['"v3"', false],
    ['W/"v3"', false],
    ['"v1" , "v3"', false],
    ['"v1"', true],
    ['v3', true],
    ['"v33"', true],
  ])('If-None-Match `%s` and version 3: send it, %s', (header, send) => {
    expect(matchesNone(header, 3)).toBe(send);
  });
});

describe('cursors', () => {
  test('read back in their own list only, and need no escaping', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).filter((key) => key.isWellFormed() && !key.includes('\0')),
        (key) => {
          const cursor = encodeCursor('grants', key);
          expect(encodeURIComponent(cursor)).toBe(cursor);
          expect(decodeCursor('grants', cursor)).toEqual({ ok: true, value: key });
          expect(decodeCursor('embargoes', cursor).ok).toBe(false);
        },
      ),
    );
  });

  test('of any other text are refused, not a fault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decodeCursor('grants', text).ok).toBe(false);
      }),
    );
  });
});

describe('JSON bodies', () => {
  const read = (body: string | Buffer) =>
    readJson(fakeContext({ method: 'POST', body, headers: { 'content-type': 'application/json' } }));

  test('lose members that are null, at every depth, and keep nulls of lists', async () => {
    const body = '{"a":null,"b":{"c":null,"d":[null,{"e":null,"f":1}]},"__proto__":2}';
    const { ok, value } = (await read(body)) as { ok: boolean; value: object };
    expect([ok, JSON.stringify(value)]).toEqual([true, '{"b":{"d":[null,{"f":1}]},"__proto__":2}']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test.each([
    ['empty', ''],
    ['half', '{'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['nested 33 deep', `${'['.repeat(34)}${']'.repeat(34)}`],
  ])('that are %s are malformed', async (_name, body) => {
    expect(await read(body)).toMatchObject({ ok: false, error: { name: 'malformed-request' } });
  });
});

test('problems have types of their own and statuses of errors', () => {
  const types = problemNames.map(problemType);
  expect(new Set(types).size).toBe(types.length);
  expect(problemNames.every((name) => statusOf({ name }) >= 400)).toBe(true);
});

test('a JSON pointer escapes what has a meaning in it (RFC 6901), and cuts what is long', () => {
  expect(pointerOf(['parties', 0, 'a/b~c'])).toBe('/parties/0/a~1b~0c');
  expect(pointerOf([])).toBe('');
  expect(pointerOf(['x'.repeat(1000)]).length).toBeLessThan(100);
  expect(pointerOf(['\ud800']).isWellFormed()).toBe(true);
});

describe('paths', () => {
  const find = createRouter(
    ['/a', '/a/{id}', '/a/{id}/b/{other}'].map((path) => ({
      declaration: { path, method: 'GET' } as never,
    })),
  );

  test('give parameters decoded once', () => {
    expect(find('/a/x%252Fy%2Fz')).toMatchObject({ template: '/a/{id}', params: { id: 'x%2Fy/z' } });
    expect(find('/a/1/b/2')?.params).toEqual({ id: '1', other: '2' });
  });

  test.each(['', '/', '/a/', '/b', '/a/%', '/a/%ff', '/a/1/b/', '/a//b/2', '/a/1/b/2/c', 'a'])(
    '`%s` is none',
    (path) => {
      expect(find(path)).toBeUndefined();
    },
  );
});
