/** An expansion beyond the limit drops its root and never becomes something broader (policy-semantics 4, step 5, and 10.5). */
import { compilePolicy } from '../../../src/policy/compile.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest, type ShortRequest } from '../../support/policy-facts.ts';

const paths = (root: string, count: number) => Array.from({ length: count }, (_, index) => `${root}/d${index}`);

/** Two roots with as many open registered paths as given beside a closed one. */
function decide(counts: readonly [number, number], request: Partial<ShortRequest> & { scope: string }) {
  const facts = policyFacts({
    storages: [{ name: 'SEGMENT' }],
    namespace: [...paths('/one', counts[0]), ...paths('/two', counts[1])],
    grants: [{ id: 'g', subject: 'user:bob', actions: ['read'], path: '/' }],
    embargoes: [
      { id: 'one', path: '/one/shut', until: '2027-01-01T00:00:00Z' },
      { id: 'two', path: '/two/shut', until: '2027-01-01T00:00:00Z' },
    ],
  });
  const client = { policyMode: 'expand' as const };
  return resolve(compilePolicy(facts), policyRequest({ principal: { user: 'bob' }, client, ...request }));
}

test('fifty paths are issued in the place of one scope', () => {
  expect(decide([50, 0], { scope: 'storage.read:/one' })).toMatchObject({ error: null, refused: [] });
  expect(decide([50, 0], { scope: 'storage.read:/one' }).granted).toHaveLength(50);
});

test('of fifty-one none is, and the word is too-many', () => {
  expect(decide([51, 0], { scope: 'storage.read:/one' })).toMatchObject({
    granted: [],
    refused: [{ scope: 'storage.read:/one', reason: 'too-many' }],
    error: 'invalid_scope',
  });
});

test('beside another scope only the expanded one is dropped', () => {
  expect(decide([51, 0], { scope: 'storage.read:/one storage.read:/three' })).toMatchObject({
    granted: ['storage.read:/three'],
    refused: [{ scope: 'storage.read:/one', reason: 'too-many' }],
    error: null,
  });
});

test('of several roots of one scope only the one beyond the limit is dropped', () => {
  const client = { policyMode: 'expand' as const, scopes: ['storage.read:/one', 'storage.read:/two'] };
  expect(decide([51, 2], { scope: 'storage.read:/', client })).toMatchObject({
    granted: ['storage.read:/two/d0', 'storage.read:/two/d1'],
    refused: [],
  });
});

test('when all together are too many the last that became several is dropped', () => {
  expect(decide([30, 30], { scope: 'storage.read:/one storage.read:/two' })).toMatchObject({
    granted: paths('/one', 30)
      .toSorted()
      .map((path) => `storage.read:${path}`),
    refused: [{ scope: 'storage.read:/two', reason: 'too-many' }],
    error: null,
  });
});

test('those that became several are dropped from the last of the request on, until it fits', () => {
  const decision = decide([40, 20], {
    scope: 'storage.read:/two storage.read:/one storage.read:/three storage.read://two/',
  });
  expect(decision.granted).toHaveLength(21);
  expect(decision.refused).toEqual([
    { scope: 'storage.read:/one', reason: 'too-many' },
    { scope: 'storage.read://two/', reason: 'too-many' },
  ]);
});

test('a path that is written in several ways is issued once', () => {
  expect(decide([20, 0], { scope: 'storage.read:/one storage.read://one storage.read:/one/' })).toMatchObject({
    granted: decide([20, 0], { scope: 'storage.read:/one' }).granted,
    refused: [],
    error: null,
  });
});
