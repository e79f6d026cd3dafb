import { readFileSync } from 'node:fs';
import { compilePolicy } from '../../../src/policy/compile.ts';
import { selectGroups } from '../../../src/policy/groups.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { policyFacts, policyRequest, type ShortRequest } from '../../support/policy-facts.ts';

interface GroupVector {
  readonly kind: string;
  readonly source: string;
  readonly scope: string;
  readonly expect: readonly string[];
  readonly member_default: readonly string[];
  readonly member_optional: readonly string[];
}

const vectors = (
  JSON.parse(
    readFileSync(new URL('../../cases/vectors/wlcg-authorization.json', import.meta.url), 'utf8'),
  ) as GroupVector[]
).filter(({ kind }) => kind === 'groups');

test('the published vectors have twelve group requests', () => {
  expect(vectors).toHaveLength(12);
});

/** What a user in these groups is asserted, through the whole decision. */
function asserted(scope: string, defaults: readonly string[], optional: readonly string[]): readonly string[] {
  const facts = policyFacts({
    groups: [...defaults.map((path) => ({ path, default: true })), ...optional.map((path) => ({ path }))],
  });
  const principal = { user: 'u', groups: [...defaults, ...optional] };
  return resolve(compilePolicy(facts), policyRequest({ principal, scope })).groups;
}

test.each(vectors)('$source: $scope', ({ scope, expect: groups, member_default, member_optional }) => {
  expect(asserted(scope, member_default, member_optional)).toEqual(groups);
});

test.each([
  ['wlcg.groups', ['/cms']],
  ['wlcg.groups:/cms/uscms wlcg.groups:/cms/ALARM', ['/cms/uscms', '/cms/ALARM', '/cms']],
  ['wlcg.groups:/cms/uscms wlcg.groups:/cms/ALARM wlcg.groups', ['/cms/uscms', '/cms/ALARM', '/cms']],
  ['wlcg.groups wlcg.groups:/cms/uscms wlcg.groups:/cms/ALARM', ['/cms', '/cms/uscms', '/cms/ALARM']],
  ['wlcg.groups:/cms wlcg.groups:/cms/uscms wlcg.groups:/cms/ALARM', ['/cms', '/cms/uscms', '/cms/ALARM']],
])('wlcg-tokens 4.2, reference results: %s', (scope, groups) => {
  expect(asserted(scope, ['/cms'], ['/cms/uscms', '/cms/ALARM'])).toEqual(groups);
});

test('W-GRP-7: without a group scope no groups are asserted', () => {
  expect(selectGroups([], { defaults: ['/g'], isMember: () => true })).toEqual([]);
});

describe('in a decision', () => {
  const facts = policyFacts({
    groups: [
      { path: '/b', default: true },
      { path: '/a', default: true },
      { path: '/opt' },
      { path: '/team', default: true },
    ],
    storages: [{ name: 'SEGMENT' }],
    grants: [{ id: 'g', subject: 'group:/a', actions: ['read'], path: '/' }],
    embargoes: [
      {
        id: 'e',
        path: '/closed',
        from: '2026-11-23T00:00:00Z',
        until: '2026-12-01T00:00:00Z',
        exempt: ['/closed/x'],
        parties: [{ subject: 'group:/team' }, { subject: 'user:u' }],
      },
    ],
  });
  const policy = compilePolicy(facts);
  const member = { user: 'u', groups: ['/a', '/b', '/opt', '/team'] };
  const decide = (request: Partial<ShortRequest> & { scope: string }) =>
    resolve(policy, policyRequest({ principal: member, ...request }));

  describe('W-SEC-2: a client without optional groups', () => {
    const word = (scope: string, scopes: readonly string[] = ['openid', 'wlcg.groups']) =>
      decide({ scope, client: { scopes, optionalGroups: false } });

    test('asks for default groups, by name too', () => {
      expect(word('wlcg.groups:/a wlcg.groups')).toMatchObject({ groups: ['/a', '/b'], refused: [] });
    });

    test('asks for no optional group, whether the user is in it or not', () => {
      const refused = [
        { scope: 'wlcg.groups:/opt', reason: 'client-scope' },
        { scope: 'wlcg.groups:/nowhere', reason: 'client-scope' },
      ];
      expect(word('wlcg.groups:/opt wlcg.groups:/nowhere')).toMatchObject({ groups: [], refused });
    });

    test('asks for no embargo group, which is optional by definition', () => {
      expect(word('wlcg.groups:/team').refused).toEqual([{ scope: 'wlcg.groups:/team', reason: 'client-scope' }]);
    });

    test('asks for an optional group that its scopes list word by word', () => {
      expect(word('wlcg.groups:/opt', ['wlcg.groups:/opt', 'wlcg.groups'])).toMatchObject({
        groups: ['/opt', '/b', '/a'],
        refused: [],
      });
    });
  });

  test('W-GRP-5: default groups come in the configured order', () => {
    expect(decide({ scope: 'wlcg.groups' }).groups).toEqual(['/b', '/a']);
  });

  test('granted group scopes stay in scope, in the order of the request', () => {
    expect(decide({ scope: 'wlcg.groups:/opt openid wlcg.groups' })).toMatchObject({
      scope: ['wlcg.groups:/opt', 'openid', 'wlcg.groups'],
      groups: ['/opt', '/b', '/a'],
      granted: [],
      error: null,
    });
  });

  test('W-GRP-9: a group not held is left out and named, and the default groups are still implied', () => {
    expect(decide({ scope: 'openid wlcg.groups:/other' })).toMatchObject({
      scope: ['openid'],
      groups: ['/b', '/a'],
      refused: [{ scope: 'wlcg.groups:/other', reason: 'not-member' }],
      error: null,
    });
  });

  test.each([
    ['ends exactly with the minimum window', '2026-11-22T12:07:00Z', ['/opt', '/b', '/a']],
    ['ends one second before', '2026-11-22T12:06:59Z', ['/b', '/a']],
  ])('policy-semantics 4, step 7: a membership that %s', (_, until, groups) => {
    const principal = { user: 'u', groups: ['/a', '/b', { path: '/opt', until }] };
    expect(decide({ principal, scope: 'openid wlcg.groups:/opt' }).groups).toEqual(groups);
  });

  test('a default group whose membership is about to end is left out silently', () => {
    const principal = { user: 'u', groups: ['/b', { path: '/a', until: '2026-11-22T12:06:00Z' }] };
    expect(decide({ principal, scope: 'wlcg.groups' })).toMatchObject({ groups: ['/b'], refused: [] });
  });

  test('the end of the account ends its memberships', () => {
    const principal = { ...member, endsAt: '2026-11-22T12:06:00Z' };
    expect(decide({ principal, scope: 'openid wlcg.groups:/opt' })).toMatchObject({
      groups: [],
      refused: [{ scope: 'wlcg.groups:/opt', reason: 'not-member' }],
    });
  });

  test('W-GRP-11: a client acting for itself asserts no group, but its membership counts for grants', () => {
    const decision = decide({
      principal: { client: 'robot', groups: ['/a', '/opt'] },
      scope: 'storage.read:/open wlcg.groups wlcg.groups:/opt',
    });
    expect(decision).toMatchObject({
      scope: ['storage.read:/open'],
      groups: [],
      refused: [
        { scope: 'wlcg.groups', reason: 'not-member' },
        { scope: 'wlcg.groups:/opt', reason: 'not-member' },
      ],
    });
  });

  test('a client without wlcg.groups may not ask for groups, and none are implied', () => {
    expect(decide({ client: { scopes: ['openid'] }, scope: 'openid wlcg.groups:/opt wlcg.groups' })).toMatchObject({
      scope: ['openid'],
      groups: [],
      refused: [
        { scope: 'wlcg.groups:/opt', reason: 'client-scope' },
        { scope: 'wlcg.groups', reason: 'client-scope' },
      ],
    });
  });

  test('a client may be allowed one group by name', () => {
    const client = { scopes: ['wlcg.groups:/opt'] };
    expect(decide({ client, scope: 'wlcg.groups:/opt' }).groups).toEqual(['/opt', '/b', '/a']);
    expect(decide({ client, scope: 'wlcg.groups:/opt wlcg.groups:/a wlcg.groups' }).groups).toEqual(['/opt']);
  });

  test('a bare group scope that the user unticked is not implied by another', () => {
    const decision = decide({ scope: 'wlcg.groups:/opt wlcg.groups', unticked: ['wlcg.groups'] });
    expect(decision).toMatchObject({
      scope: ['wlcg.groups:/opt'],
      groups: ['/opt'],
      refused: [{ scope: 'wlcg.groups', reason: 'consent' }],
    });
  });

  test('an embargo group is asserted by name only', () => {
    expect(decide({ scope: 'wlcg.groups:/team' }).groups).toEqual(['/team', '/b', '/a']);
  });

  test('an embargo group beside storage scopes is refused and the storage scopes stand', () => {
    expect(decide({ scope: 'wlcg.groups:/team storage.read:/open' })).toMatchObject({
      scope: ['storage.read:/open'],
      granted: ['storage.read:/open'],
      refused: [{ scope: 'wlcg.groups:/team', reason: 'embargo-group' }],
      error: null,
    });
  });

  test('after the release it is a group like any other', () => {
    const now = '2026-12-01T00:00:00Z';
    expect(decide({ now, scope: 'wlcg.groups' }).groups).toEqual(['/b', '/a', '/team']);
    expect(decide({ now, scope: 'wlcg.groups:/team storage.read:/open' }).refused).toEqual([]);
  });

  test('W-GRP-2: bad group syntax refuses the whole request', () => {
    expect(decide({ scope: 'storage.read:/open wlcg.groups:team openid' })).toMatchObject({
      scope: [],
      groups: [],
      expiresAt: null,
      error: 'invalid_scope',
      refused: [
        { scope: 'storage.read:/open', reason: 'all-or-nothing' },
        { scope: 'wlcg.groups:team', reason: 'malformed' },
        { scope: 'openid', reason: 'all-or-nothing' },
      ],
    });
  });
});
