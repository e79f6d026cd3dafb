/** The attack vectors of group `storage_scope` that concern the issuer: what becomes of such a request by a user allowed /data/alice only. */
import { readFileSync } from 'node:fs';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest } from '../../support/policy-facts.ts';

interface Vector {
  readonly id: string;
  readonly group: string;
  readonly title: string;
}

const vectors = JSON.parse(readFileSync(new URL('../vectors/attacks.json', import.meta.url), 'utf8')) as Vector[];
const titles = new Map(vectors.map(({ id, title }) => [id, title]));

const policy = compilePolicy(
  policyFacts({
    groups: [{ path: '/g' }],
    storages: [{ name: 'SEGMENT' }, { name: 'STRING', matching: 'string' }, { name: 'PREFIX', matching: 'prefix' }],
    grants: [
      { id: 'alice', subject: 'user:alice', actions: ['read'], path: '/data/alice' },
      { id: 'gw', subject: 'user:alice', actions: ['read'], path: '/embargo/gw' },
      { id: 'writer', subject: 'user:writer', actions: ['modify'], path: '/data/alice' },
    ],
    embargoes: [{ id: 'gw', path: '/embargo/gw', until: '2026-12-01T00:00:00Z' }],
  }),
);

function ask(
  scope: string,
  { user = 'alice', groups = [] as string[], now = '2026-11-22T12:00:00Z', audience = 'SEGMENT' } = {},
) {
  const {
    scope: issued,
    refused,
    groups: asserted,
  } = resolve(policy, policyRequest({ principal: { user, groups }, scope, now, audiences: [audience] }));
  return { issued, reasons: refused.map(({ reason }) => reason), groups: asserted };
}

const none = (reason: string) => ({ issued: [], reasons: [reason], groups: [] });

test.each([
  ['ST-09', 'storage.read:/data/./alice', 'malformed'],
  ['ST-12', 'storage.read', 'malformed'],
  ['ST-13', 'storage.read:/data\\alice', 'malformed'],
  ['ST-15', 'storage.read:/data/Ａlice', 'malformed'],
  ['ST-15', 'storage.read:/data/alic\u0065\u0301', 'malformed'],
  ['ST-16', 'storage.read:/DATA/alice', 'no-grant'],
  ['ST-22', 'storage.stage:/data/alice', 'no-grant'],
  ['ST-26', 'storage.read:/*', 'malformed'],
])('%s: %s is refused %s', (id, scope, reason) => {
  expect(titles.has(id)).toBe(true);
  expect(ask(scope)).toEqual(none(reason));
});

test('ST-01: a verifier without the boundary gets a slash, or nothing when it would lose it', () => {
  expect(ask('storage.read:/data/alice', { audience: 'STRING' }).issued).toEqual(['storage.read:/data/alice/']);
  expect(ask('storage.read:/data/alice', { audience: 'PREFIX' })).toEqual(none('partial'));
  expect(ask('storage.read:/data/alicebob')).toEqual(none('no-grant'));
});

test('ST-08: a double slash is made canonical before the policy and in the token', () => {
  expect(ask('storage.read:/data//alice').issued).toEqual(['storage.read:/data/alice']);
});

test('ST-21: modify does not give read', () => {
  expect(ask('storage.read:/data/alice', { user: 'writer' })).toEqual(none('no-grant'));
});

test('ST-25: an embargoed path is granted only from the date', () => {
  expect(ask('storage.read:/embargo/gw/', { now: '2026-11-30T23:59:59Z' })).toEqual(none('embargoed'));
  expect(ask('storage.read:/embargo/gw/', { now: '2026-12-01T00:00:00Z' }).issued).toEqual([
    'storage.read:/embargo/gw',
  ]);
});

test('ST-28: a group is asserted only to a member', () => {
  const scope = 'compute.read storage.read:/data/alice wlcg.groups:/g';
  expect(ask(scope)).toEqual({
    issued: ['storage.read:/data/alice'],
    reasons: ['client-scope', 'not-member'],
    groups: [],
  });
  expect(ask(scope, { groups: ['/g'] })).toMatchObject({
    issued: ['storage.read:/data/alice', 'wlcg.groups:/g'],
    groups: ['/g'],
  });
});

test('every vector of the group is here', () => {
  const covered = ['01', '08', '09', '12', '13', '15', '16', '21', '22', '25', '26', '28'].map((id) => `ST-${id}`);
  expect(vectors.filter(({ group }) => group === 'storage_scope').map(({ id }) => id)).toEqual(covered);
});
