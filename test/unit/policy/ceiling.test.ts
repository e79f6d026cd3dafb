import { findBeyondCeiling } from '../../../src/policy/ceiling.ts';

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
