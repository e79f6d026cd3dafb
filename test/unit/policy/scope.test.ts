import { findMalformedScopes, formatStorageScope, parseScope } from '../../../src/policy/scope.ts';

test.each([
  ['storage.read:/', { kind: 'storage', action: 'read', path: '/' }],
  ['storage.modify://a//b/', { kind: 'storage', action: 'modify', path: '/a/b' }],
  ['storage.poll:/a', { kind: 'storage', action: 'poll', path: '/a' }],
  ['wlcg.groups', { kind: 'groups', group: null }],
  ['wlcg.groups:/escape/cta', { kind: 'groups', group: '/escape/cta' }],
  ['openid', { kind: 'other' }],
  ['wlcg', { kind: 'other' }],
  ['wlcg:1.0', { kind: 'other' }],
  ['wlcg.groupsx', { kind: 'other' }],
  ['compute.read', { kind: 'other' }],
  ['storage.list:/a', { kind: 'other' }],
  ['storage.readx:/a', { kind: 'other' }],
  ['storage.', { kind: 'other' }],
  ['Storage.read:/a', { kind: 'other' }],
  ['', { kind: 'other' }],
])('%j is read as a scope of its kind', (token, parsed) => {
  expect(parseScope(token)).toEqual(parsed);
});

test.each([
  'storage.read',
  'storage.read:',
  'storage.read:a',
  'storage.stage:/a/../b',
  'storage.read:/a:b',
  'wlcg.groups:',
  'wlcg.groups:example',
  'wlcg.groups://',
  'wlcg.groups:/a/',
  'wlcg.groups:/a//b',
  'wlcg.groups:/-a',
  'wlcg.groups:/a\n',
])('W-SCOPE-4, W-GRP-2: %j is malformed', (token) => {
  expect(parseScope(token)).toEqual({ kind: 'malformed' });
});

test('the malformed scopes of a request are named as they were asked', () => {
  expect(findMalformedScopes(['openid', 'storage.read', 'storage.read:/a', 'wlcg.groups:'])).toEqual([
    'storage.read',
    'wlcg.groups:',
  ]);
});

test('a storage scope is written with its action and path', () => {
  expect(formatStorageScope('stage', '/a/')).toBe('storage.stage:/a/');
});
