/** What a scope allows at a path, beyond the published vectors. */
import { authorizeScope, type Operation, operations } from '../../../src/validate/index.ts';

const decide = (scope: string, operation: string, path: string | { from: string; to: string }, basePath?: string) => {
  const answer = authorizeScope({
    scope,
    operation: operation as Operation,
    path,
    ...(basePath !== undefined && { basePath }),
  });
  return answer.decision === 'allow' ? 'allow' : answer.reason;
};

const allowedBy = (scope: string) => operations.filter((operation) => decide(scope, operation, '/d/f') === 'allow');

describe('operations (W-SCOPE-1, W-SCOPE-2)', () => {
  test.each([
    ['storage.read:/d', ['read', 'list', 'stat']],
    ['storage.create:/d', ['stat', 'create', 'mkdir', 'chmod', 'rename']],
    ['storage.modify:/d', ['stat', 'create', 'mkdir', 'chmod', 'rename', 'modify', 'overwrite', 'delete']],
    ['storage.stage:/d', ['stat', 'stage', 'pin', 'unpin', 'evict', 'release', 'abort', 'cancel', 'poll']],
    ['storage.poll:/d', ['poll']],
    ['compute.read', []],
    ['', []],
  ])('%j allows exactly %j', (scope, expected) => {
    expect(allowedBy(scope)).toEqual(expected);
  });

  test('an unknown operation is denied', () => {
    expect(decide('storage.read:/', 'constructor', '/x')).toBe('operation_unknown');
  });

  test('the scope that decided is named', () => {
    const answer = authorizeScope({ scope: 'openid storage.read:/a storage.read:/b', operation: 'read', path: '/b/c' });
    expect(answer).toEqual({ decision: 'allow', reason: 'scope_covers_path', scope: 'storage.read:/b' });
  });

  test('groups give no right on a path (W-RS-1)', () => {
    const answer = authorizeScope({ scope: 'compute.read', operation: 'read', path: '/vo', groups: ['/vo'] });
    expect(answer).toEqual({ decision: 'deny', reason: 'operation_not_covered' });
  });
});

describe('paths', () => {
  test.each([
    ['ST-01: a longer name is another name', 'storage.read:/data/alice', '/data/alicebob/f', 'path_not_covered'],
    ['ST-16: case counts', 'storage.read:/DATA/alice', '/data/alice/x', 'path_not_covered'],
    ['ST-26: a star is a character', 'storage.read:/*', '/data', 'path_not_covered'],
    ['ST-08: doubled slashes of the scope collapse', 'storage.read:/data//alice', '/data/alice/x', 'allow'],
    ['doubled slashes of the request collapse', 'storage.read:/data/alice', '//data///alice', 'allow'],
    ['ST-09: a dot segment is no segment', 'storage.read:/data/./alice', '/data/alice', 'allow'],
    ['an encoded dot segment is no segment', 'storage.read:/data/%2e/alice', '/data/alice/.', 'allow'],
    ['two dots inside a name are legal', 'storage.read:/a..b', '/a..b/c', 'allow'],
    ['an encoded name is the name', 'storage.read:/a%20b', '/a b/c', 'allow'],
    ['a request may be encoded', 'storage.read:/a%20b', '/a%20b/c', 'allow'],
    ['ST-15: a look-alike is another name', 'storage.read:/data/%EF%BC%A1lice', '/data/Alice', 'path_not_covered'],
    ['ST-15: one encoding of a letter is not the other', 'storage.read:/caf%C3%A9', '/cafe\u0301', 'path_not_covered'],
    ['the root covers everything', 'storage.read:/', '/', 'allow'],
    ['a parent is not covered', 'storage.read:/a/b', '/a', 'path_not_covered'],
  ])('%s', (_, scope, path, expected) => {
    expect(decide(scope, 'read', path)).toBe(expected);
  });

  test.each([
    'data',
    '',
    '/..',
    '/data/../other',
    '/data/%2e%2e/other',
    '/data/.%2E/other',
    '/data/%252e%252e/other',
    '/data/%25252525252e./other',
    '/data/..;v=1/other',
    '/data/a%2Fb',
    '/data/a%5Cb',
    '/data\\other',
    '/data/a%00',
    '/data/a\n',
    '/data/\u007f',
    '/data/%FF',
    '/data/100%',
    `/data/%${'25'.repeat(20)}41`,
    `/data/${'a'.repeat(9000)}`,
  ])('the requested path %j is refused, not resolved (W-PATH-3)', (path) => {
    expect(decide('storage.read:/', 'read', path)).toBe('path_malformed');
  });

  test.each([
    ['ST-12: no path', 'storage.read'],
    ['an empty path', 'storage.read:'],
    ['a relative path', 'storage.read:data'],
    ['ST-13: a backslash', 'storage.read:/data\\alice'],
    ['a quote', 'storage.read:/data"'],
    ['a parent reference', 'storage.read:/data/../x'],
    ['an encoded parent reference', 'storage.read:/data/%2e%2E/x'],
    ['an encoded slash', 'storage.read:/data%2fx'],
    ['an encoded NUL', 'storage.read:/data%00'],
    ['a bar, an alternative in some verifiers', 'storage.read:/data|/other'],
    ['a fragment', 'storage.read:/data#x'],
    ['a malformed triplet', 'storage.read:/data%2'],
    ['octets that are not UTF-8', 'storage.read:/data%C0%AE'],
    ['a tab between scopes', 'openid\tstorage.read:/data'],
    ['an unknown name of the family without a path', 'storage.write'],
  ])('%s in any scope rejects the token (W-SCOPE-4)', (_, scope) => {
    expect(decide(`storage.read:/data ${scope}`, 'read', '/data')).toBe('scope_malformed');
  });

  test('an unknown scope of the family with a path is ignored (W-SCOPE-7)', () => {
    expect(decide('storage.write:/data storage.read:/data', 'read', '/data')).toBe('allow');
    expect(decide('storage.write:/data', 'create', '/data/x')).toBe('operation_not_covered');
  });

  test('doubled spaces between scopes do no harm', () => {
    expect(decide(' openid  storage.read:/data ', 'read', '/data')).toBe('allow');
  });
});

describe('create and rename', () => {
  test('missing ancestor directories may be made, siblings and files there not (W-PATH-5)', () => {
    expect(decide('storage.create:/a/b/c', 'mkdir', '/a/b')).toBe('allow');
    expect(decide('storage.modify:/a/b/c', 'mkdir', '/a')).toBe('allow');
    expect(decide('storage.create:/a/b/c', 'mkdir', '/a/x')).toBe('path_not_covered');
    expect(decide('storage.create:/a/b/c', 'create', '/a/b')).toBe('path_not_covered');
    expect(decide('storage.create:/a/b/c', 'stat', '/a/b')).toBe('path_not_covered');
  });

  test.each(['create', 'modify', 'overwrite', 'rename'])(
    'a trailing slash denies %s of a file at the path itself and nothing below (W-PATH-6)',
    (operation) => {
      expect(decide('storage.modify:/a/b/', operation, '/a/b')).toBe('path_not_covered');
      expect(decide('storage.modify:/a/b/', operation, '/a/b/c')).toBe('allow');
      expect(decide('storage.modify:/a/b', operation, '/a/b')).toBe('allow');
    },
  );

  test('a trailing slash leaves a directory at the path itself alone', () => {
    expect(decide('storage.modify:/a/b/.', 'mkdir', '/a/b/')).toBe('allow');
    expect(decide('storage.modify:/a/b/', 'delete', '/a/b')).toBe('allow');
    expect(decide('storage.read:/a/b/', 'read', '/a/b')).toBe('allow');
  });

  test('both ends of a rename must be covered', () => {
    const scope = 'storage.create:/in storage.modify:/out storage.read:/';
    expect(decide(scope, 'rename', { from: '/in/a', to: '/out/a' })).toBe('allow');
    expect(decide(scope, 'rename', { from: '/in/a', to: '/other/a' })).toBe('path_not_covered');
    expect(decide(scope, 'rename', { from: '/other/a', to: '/in/a' })).toBe('path_not_covered');
    expect(decide(scope, 'rename', { from: '/in/../other/a', to: '/in/a' })).toBe('path_malformed');
  });
});

describe('base paths (W-PATH-9)', () => {
  test('scopes are relative to the base path', () => {
    expect(decide('storage.read:/d', 'read', '/vo/d/f', '/vo')).toBe('allow');
    expect(decide('storage.read:/d', 'read', '/vo/d/f', '/vo/')).toBe('allow');
    expect(decide('storage.read:/d', 'read', '/d/f', '/vo')).toBe('path_outside_base');
    expect(decide('storage.read:/d', 'read', '/vo2/d/f', '/vo')).toBe('path_outside_base');
  });

  test('an issuer may have several base paths', () => {
    const basePath = ['/disk/vo', '/tape/vo'];
    const answer = authorizeScope({ scope: 'storage.read:/d', operation: 'read', path: '/tape/vo/d', basePath });
    expect(answer.decision).toBe('allow');
  });

  test('a base path that is none has nothing inside', () => {
    expect(decide('storage.read:/', 'read', '/vo', 'vo')).toBe('path_outside_base');
  });
});
