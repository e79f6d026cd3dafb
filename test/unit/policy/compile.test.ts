import { compilePolicy } from '../../../src/policy/compile.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest, type ShortFacts, type ShortRequest } from '../../support/policy-facts.ts';

const decide = (facts: ShortFacts, request: Partial<ShortRequest> & { scope: string }) =>
  resolve(
    compilePolicy(policyFacts({ storages: [{ name: 'SEGMENT' }], ...facts })),
    policyRequest({ principal: { user: 'bob', groups: ['/team'] }, ...request }),
  );
const grant = { id: 'g', subject: 'user:bob', actions: ['read'], path: '/' };

test('a group is an embargo group until the last of its embargoes is released, in whatever order they stand', () => {
  const parties = [{ subject: 'group:/team' }];
  const embargoes = [
    { id: 'long', path: '/a', until: '2027-01-01T00:00:00Z', parties },
    { id: 'short', path: '/b', until: '2026-01-01T00:00:00Z', parties },
  ];
  const scope = 'storage.read:/open wlcg.groups:/team';
  const refused = [{ scope: 'wlcg.groups:/team', reason: 'embargo-group' }];
  expect(decide({ grants: [grant], embargoes }, { scope }).refused).toEqual(refused);
  expect(decide({ grants: [grant], embargoes: embargoes.toReversed() }, { scope }).refused).toEqual(refused);
});

test('rules on paths outside the grammar close and never open', () => {
  const scope = 'storage.read:/open';
  expect(decide({ grants: [{ ...grant, path: '/..' }] }, { scope }).refused[0]?.reason).toBe('no-grant');
  expect(decide({ grants: [grant], embargoes: [{ id: 'e', path: '/..' }] }, { scope }).refused[0]?.reason).toBe(
    'embargoed',
  );
  expect(
    decide({ grants: [grant], embargoes: [{ id: 'e', path: '/open', exempt: ['..'] }] }, { scope }).refused[0]?.reason,
  ).toBe('embargoed');
  expect(
    decide({ storages: [{ name: 'SEGMENT', mounts: [{ path: '/..', at: '/' }] }], grants: [grant] }, { scope })
      .refused[0]?.reason,
  ).toBe('outside-storage');
});

test('a service shows nothing, so a token without audience is not judged there', () => {
  const storages = [{ name: 'SERVICE', kind: 'service' as const, matching: 'prefix' as const }];
  const grants = [{ ...grant, path: '/leaf' }];
  expect(decide({ storages, grants }, { scope: 'storage.read:/leaf', audiences: [] }).granted).toEqual([
    'storage.read:/leaf/',
  ]);
});

test('the decision names the version of the rules it was made from', () => {
  expect(decide({}, { scope: 'openid' }).policyVersion).toBe(1);
});
