import { ceilingInPathsOf, findBeyondCeiling } from '../../../src/policy/ceiling.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { policyFacts } from '../../support/policy-facts.ts';

test.each([
  [['storage.read:/a/b', 'openid'], ['openid', 'storage.read:/a'], undefined],
  [['storage.read:/ab'], ['storage.read:/a'], 'storage.read:/ab'],
  [['storage.read:/'], ['storage.read:/a'], 'storage.read:/'],
  [['storage.create:/a'], ['storage.modify:/'], undefined],
  [['storage.poll:/a'], ['storage.stage:/'], undefined],
  [['storage.read:/a'], ['storage.stage:/'], 'storage.read:/a'],
  [['profile'], ['openid'], 'profile'],
])('W-REF-2: of %j the first beyond %j is %j', (asked, ceiling, beyond) => {
  expect(findBeyondCeiling(asked, ceiling)).toBe(beyond);
});

const policy = compilePolicy(
  policyFacts({
    storages: [
      { name: 'TREE', audience: 'tree' },
      { name: 'SAME', audience: 'same', mounts: [{ path: '/a', at: '/a' }] },
      { name: 'OTHER', audience: 'other', mounts: [{ path: '/a', at: '/b' }] },
      { name: 'SERVICE', audience: 'service', kind: 'service' },
    ],
  }),
);

test.each([
  ['tree', 'same', 'storage.read:/a/x', ['storage.read:/a/x']],
  ['tree', 'service', 'storage.read:/a/x', []],
  ['tree', 'other', 'storage.read:/b/x', ['storage.read:/a/x']],
  ['other', '', 'storage.read:/a/x', ['storage.read:/b/x']],
  ['', 'same', 'storage.read:/a/x', ['storage.read:/a/x']],
  ['', 'same', 'storage.read:/', ['storage.read:/a']],
  ['other', 'other', 'storage.read:/', ['storage.read:/']],
  ['other', 'tree', 'openid', ['openid']],
])('policy-semantics 6: consented for "%s", at "%s" %s is written %j', (ofCeiling, asked, scope, written) => {
  const list = (text: string) => text.split(' ').filter(Boolean);
  const ceiling = { scopes: [scope], audiences: list(ofCeiling) };
  expect(ceilingInPathsOf(policy, ceiling, list(asked))).toEqual(written);
});

test('what lies in no mount of the new audience is dropped beside what does', () => {
  const scopes = ['openid', 'storage.read:/a/x', 'storage.read:/b/x'];
  expect(ceilingInPathsOf(policy, { scopes, audiences: ['tree'] }, ['other'])).toEqual(['openid', 'storage.read:/a/x']);
});

test.each([
  ['tree', 'other', 'storage.read:/a/x'],
  ['same', 'other', 'storage.read:/'],
  ['other', 'same', 'storage.read:/c'],
])(
  'policy-semantics 4: consented for "%s", at "%s" nothing of %s is left, and it is asked to be refused',
  (from, to, scope) => {
    const ceiling = { scopes: ['openid', scope], audiences: [from] };
    expect(ceilingInPathsOf(policy, ceiling, [to])).toEqual(ceiling.scopes);
  },
);
