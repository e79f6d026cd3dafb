import { checkPolicyFacts } from '../../../src/policy/validate-facts.ts';
import { policyFacts, type ShortFacts } from '../../support/policy-facts.ts';

const faults = (facts: ShortFacts) => checkPolicyFacts(policyFacts(facts));
const places = (facts: ShortFacts) => faults(facts).map(({ path }) => path);
const grant = (path: string, id = path) => ({ id, subject: 'user:bob', actions: ['read'], path });
const mounts = (...paths: string[]) => ({
  storages: [{ name: 'S', mounts: paths.map((path) => ({ path, at: '/' })) }],
});

test('a sound configuration has no faults', () => {
  expect(
    faults({
      ...mounts('/a', '/ab', '/b.c'),
      namespace: ['/', '/x/y.z', '/x/y_z'],
      grants: [grant('/'), grant('/a.b'), grant('/a.b/c'), grant('/a.b', 'again')],
      embargoes: [
        {
          id: 'e',
          path: '/a.b/c',
          exempt: ['/a.b/c/d'],
          from: '2026-01-01T00:00:00Z',
          until: '2027-01-01T00:00:00Z',
          parties: [{ subject: 'user:bob', maxTokenLifetimeSeconds: 3600 }],
        },
      ],
    }),
  ).toEqual([]);
});

test.each([
  ['equal', ['/a', '/a'], ['storages[0].mounts[1].path']],
  ['equal when written canonically', ['/a', '//a/'], ['storages[0].mounts[1].path']],
  ['nested', ['/a', '/a/b'], ['storages[0].mounts[1].path']],
  ['nested, the other way round', ['/a/b/c', '/x', '/a'], ['storages[0].mounts[0].path']],
  ['below a mount of the root', ['/a', '/'], ['storages[0].mounts[0].path']],
  ['equal by a dot', ['/a_b', '/a.b'], ['storages[0].mounts[1].path']],
  ['nested by a dot', ['/a.b', '/a/b/c'], ['storages[0].mounts[0].path']],
  ['nested by a dot at the end of the upper one', ['/a', '/a.b'], ['storages[0].mounts[1].path']],
])('mounts of one storage that are %s are refused', (_, paths, expected) => {
  expect(places(mounts(...paths))).toEqual(expected);
});

test('mounts of different storages may be the same', () => {
  const [storage] = mounts('/a').storages;
  expect(
    faults({
      storages: [
        { ...storage, name: 'S' },
        { ...storage, name: 'T' },
      ],
    }),
  ).toEqual([]);
});

test.each([
  [['/d/a.b', '/d/a_b'], ['grants[0].path']],
  [['/d/a/b/c', '/d/a.b'], ['grants[1].path']],
  [['/d/a', '/d/a.b'], ['grants[1].path']],
  [['/d/a.b/x', '/d/aXb'], ['grants[0].path']],
  [['/d/a.b', '/d/a.bc', '/d/ab', '/d/a.b/c', '/d', '/'], []],
  [['/d/.a', '/d/b'], []],
  [['/v1.0', '/v1.1'], []],
])('policy-semantics 2.2: of the rule paths %j those at %j would be confused', (paths, expected) => {
  expect(places({ grants: paths.map((path) => grant(path)) })).toEqual(expected);
});

test('two dotted paths that are confused are reported once, with both places', () => {
  const [fault, ...more] = faults({
    grants: [grant('/d/a.b_c')],
    embargoes: [{ id: 'e', path: '/d', exempt: ['/d/a_b.c'] }],
  });
  expect(more).toEqual([]);
  expect(`${fault?.path} ${fault?.message}`).toContain('grants[0].path');
  expect(`${fault?.path} ${fault?.message}`).toContain('embargoes[0].exempt[0]');
});

test('paths outside the grammar are named where they stand', () => {
  expect(
    places({
      storages: [{ name: 'S', mounts: [{ path: 'a', at: '/%' }] }],
      namespace: ['/ok', '/a b'],
      grants: [grant('/..')],
      embargoes: [{ id: 'e', path: '', exempt: ['/x|y'] }],
    }),
  ).toEqual([
    'storages[0].mounts[0].path',
    'storages[0].mounts[0].at',
    'grants[0].path',
    'embargoes[0].path',
    'embargoes[0].exempt[0]',
    'namespace[1]',
  ]);
});

test('an interval ends after it begins', () => {
  const from = '2027-01-01T00:00:00Z';
  expect(
    places({
      grants: [{ ...grant('/a'), from, until: from }],
      embargoes: [
        {
          id: 'e',
          path: '/a',
          from,
          until: '2026-01-01T00:00:00Z',
          parties: [{ subject: 'user:bob' }, { subject: 'user:bob', from, until: from }],
        },
      ],
    }),
  ).toEqual(['grants[0].until', 'embargoes[0].until', 'embargoes[0].parties[1].until']);
});

test('no embargo asks for tokens shorter than the shortest useful one', () => {
  const embargoes = [
    {
      id: 'e',
      path: '/a',
      maxTokenLifetimeSeconds: 299,
      parties: [
        { subject: 'user:bob', maxTokenLifetimeSeconds: 299 },
        { subject: 'user:bob', maxTokenLifetimeSeconds: 300 },
      ],
    },
  ];
  expect(places({ embargoes })).toEqual([
    'embargoes[0].maxTokenLifetimeSeconds',
    'embargoes[0].parties[0].maxTokenLifetimeSeconds',
  ]);
});

test('an exempt path lies strictly below its embargo', () => {
  const embargoes = [{ id: 'e', path: '/a', exempt: ['/a/b', '/a', '/ab', '/'] }];
  expect(places({ embargoes })).toEqual(['embargoes[0].exempt[1]', 'embargoes[0].exempt[2]', 'embargoes[0].exempt[3]']);
});

test('an audience names one storage, and the wildcard none', () => {
  const storages = [
    { name: 'S', audience: 'https://s', aliases: ['s', 'https://wlcg.cern.ch/jwt/v1/any'] },
    { name: 'T', audience: 's', aliases: ['https://s'] },
  ];
  expect(places({ storages })).toEqual(['storages[0].aliases[1]', 'storages[1].audience', 'storages[1].aliases[0]']);
});

test('a hundred thousand dotted rule paths are checked in seconds', () => {
  const grants = Array.from({ length: 100_000 }, (_, index) => grant(`/data/run${index % 300}/v1.${index}`));
  const start = performance.now();
  expect(faults({ grants })).toEqual([]);
  expect(performance.now() - start).toBeLessThan(20_000);
});
