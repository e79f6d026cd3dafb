import { limitCeiling } from '../../../src/exchange/limit.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import type { FlowCeiling } from '../../../src/policy/decision.ts';
import { policyFacts } from '../../support/policy-facts.ts';

const policy = compilePolicy(
  policyFacts({
    storages: [
      {
        name: 'POOL',
        audience: 'pool',
        aliases: [],
        kind: 'storage',
        matching: 'segment',
        mounts: [{ path: '/pool', at: '/data' }],
      },
    ],
  }),
);
const ceiling = (scopes: string[], more: Partial<FlowCeiling> = {}): FlowCeiling => ({
  flow: 'exchange',
  scopes,
  audiences: [],
  ...more,
});

test.each([
  ['the same words', ['openid', 'profile'], ['openid', 'email'], ['openid']],
  ['a path below its own', ['storage.read:/'], ['storage.read:/data'], ['storage.read:/data']],
  ['its own path below the limit', ['storage.create:/data/x'], ['storage.modify:/data'], ['storage.create:/data/x']],
  ['no action that the limit does not cover', ['storage.read:/'], ['storage.modify:/'], []],
  ['a named group of all', ['wlcg.groups'], ['wlcg.groups:/vo/x'], ['wlcg.groups:/vo/x']],
  ['a named group within all', ['wlcg.groups:/vo/x'], ['wlcg.groups'], ['wlcg.groups:/vo/x']],
  ['nothing under an empty limit', ['openid', 'storage.read:/'], [], []],
])('a limited ceiling keeps %s', (_, scopes, only, kept) => {
  expect(limitCeiling(policy, ceiling(scopes), only).scopes).toEqual(kept);
});

test('a limit is in logical paths, the ceiling in those of its audience', () => {
  const limited = limitCeiling(policy, ceiling(['storage.read:/pool'], { audiences: ['pool'] }), [
    'storage.read:/data/open',
  ]);
  expect(limited.scopes).toEqual(['storage.read:/pool/open']);
});

test('what other rules add is limited, too, but for the refresh token', () => {
  const widened = ['offline_access', 'compute.read', 'storage.read:/data'];
  expect(limitCeiling(policy, ceiling([], { widened }), ['storage.read:/data/open']).widened).toEqual([
    'offline_access',
    'storage.read:/data/open',
  ]);
});
