/** The ceiling of a chain that comes of an exchange (policy-semantics 6). */
import { cutToCeiling } from '../../../src/policy/ceiling.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { policyFacts } from '../../support/policy-facts.ts';

const policy = compilePolicy(
  policyFacts({
    groups: [
      { path: '/vo', default: true },
      { path: '/vo/prod', capabilitySet: ['storage.modify:/data/open'] },
    ],
    storages: [
      { name: 'TREE', audience: 'tree', matching: 'segment' },
      { name: 'POOL', audience: 'pool', matching: 'segment', mounts: [{ path: '/pool', at: '/data' }] },
    ],
    namespace: ['/data/open'],
  }),
);
const subject = { flow: 'exchange' as const, audiences: ['tree'] };
const cut = (scopes: string, ceiling: string, audiences = ['tree']) =>
  cutToCeiling(policy, { ...subject, scopes: ceiling.split(' ') }, scopes.split(' '), audiences).join(' ');

test.each([
  [
    'what is within stays as it is',
    'storage.read:/data/open/x openid',
    'storage.read:/data openid',
    undefined,
    'storage.read:/data/open/x openid',
  ],
  [
    'what is broader is cut to the parts below it',
    'storage.read:/',
    'storage.read:/data/open storage.read:/other',
    undefined,
    'storage.read:/data/open storage.read:/other',
  ],
  [
    'what is beyond goes',
    'storage.modify:/data compute.read storage.read:/datax',
    'storage.read:/data openid',
    undefined,
    '',
  ],
  [
    'modify covers create, and not read',
    'storage.create:/data storage.read:/data',
    'storage.modify:/data',
    undefined,
    'storage.create:/data',
  ],
  [
    'paths are written for the audience now asked',
    'storage.read:/pool',
    'storage.read:/data/open',
    ['pool'],
    'storage.read:/pool/open',
  ],
  ['a path outside its mounts denotes nothing', 'storage.read:/data/open', 'storage.read:/data', ['pool'], ''],
])('%s', (_name, scopes, ceiling, audiences, expected) => {
  expect(cut(scopes, ceiling, audiences)).toBe(expected);
});

test('a capability set that a rule adds, or limits to, stands for its scopes, as one of the subject token does', () => {
  const set = 'wlcg.capabilityset:/vo/prod';
  for (const upper of [{ scopes: [set] }, { scopes: [], widened: [set] }]) {
    const inside = cutToCeiling(
      policy,
      { ...subject, ...upper },
      ['storage.create:/data', 'storage.read:/data'],
      ['tree'],
    );
    expect(inside).toEqual(['storage.create:/data/open']);
  }
});
