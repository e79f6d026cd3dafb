/** What becomes of a request as a whole: limits, consent, containment, all or nothing, other scopes, and the end of the token. */
import { compilePolicy } from '../../../src/policy/compile.ts';
import { resolve } from '../../../src/policy/resolve.ts';
import { noon, policyFacts, policyRequest, type ShortRequest } from '../../support/policy-facts.ts';

const policy = compilePolicy(
  policyFacts({
    storages: [{ name: 'SEGMENT' }, { name: 'STRING', matching: 'string' }],
    grants: [
      { id: 'open', subject: 'user:bob', actions: ['read', 'modify'], path: '/open' },
      { id: 'robot', subject: 'client:robot', actions: ['stage'], path: '/open' },
      { id: 'leaf', subject: 'user:bob', actions: ['read'], path: '/leaf' },
    ],
    embargoes: [{ id: 'e', path: '/open/closed', until: '2027-01-01T00:00:00Z' }],
  }),
);
const decide = (request: Partial<ShortRequest> & { scope: string }) =>
  resolve(policy, policyRequest({ principal: { user: 'bob' }, ...request }));
const many = (count: number) => Array.from({ length: count }, (_, index) => `storage.read:/open/d${index}`).join(' ');

describe('limits (policy-semantics 2.2)', () => {
  test('fifty storage scopes are issued', () => {
    expect(decide({ scope: many(50) }).granted).toHaveLength(50);
  });

  test('of fifty-one nothing is issued, as nothing is cut silently', () => {
    const decision = decide({ scope: `${many(51)} openid` });
    expect(decision).toMatchObject({ scope: [], error: 'invalid_scope' });
    expect(new Set(decision.refused.map(({ reason }) => reason))).toEqual(new Set(['too-many']));
  });

  test('contained scopes do not count as issued', () => {
    expect(decide({ scope: `${many(63)} storage.read:/open`, client: { scopes: ['storage.read:/'] } }).error).toBe(
      'invalid_scope',
    );
    expect(decide({ scope: `${many(63).replaceAll('/open/', '/leaf/')} storage.read:/leaf` }).granted).toEqual([
      'storage.read:/leaf',
    ]);
  });

  test('more than sixty-four storage scopes are too many, whatever they are', () => {
    const decision = decide({ scope: many(65).replaceAll('/open/', '/leaf/') });
    expect(decision.error).toBe('invalid_scope');
    expect(decision.refused).toHaveLength(65);
    expect(decision.refused.every(({ reason }) => reason === 'too-many')).toBe(true);
  });

  test('other scopes do not count towards the limit', () => {
    const others = Array.from({ length: 100 }, (_, index) => `other${index}`);
    const decision = decide({ scope: ['storage.read:/leaf', ...others].join(' ') });
    expect(decision.granted).toEqual(['storage.read:/leaf']);
    expect(decision.refused).toHaveLength(100);
  });

  test('a malformed scope beside too many is what counts', () => {
    const decision = decide({ scope: `${many(70)} storage.read:/..` });
    expect(decision.refused[70]).toEqual({ scope: 'storage.read:/..', reason: 'malformed' });
    expect(decision.refused[0]).toEqual({ scope: 'storage.read:/open/d0', reason: 'all-or-nothing' });
  });
});

describe('the scopes together (policy-semantics 4, step 8)', () => {
  test('a scope contained in another of the same action is left out without a refusal', () => {
    expect(decide({ scope: 'storage.read:/leaf/a openid storage.read:/leaf storage.modify:/open/a' })).toMatchObject({
      scope: ['openid', 'storage.read:/leaf', 'storage.modify:/open/a'],
      refused: [],
    });
  });

  test('spellings of one path are issued once, in the place of the first', () => {
    expect(decide({ scope: 'storage.read://leaf openid storage.read:/leaf/ storage.read:/leaf' }).scope).toEqual([
      'storage.read:/leaf',
      'openid',
    ]);
  });

  test('of a chain of contained scopes each names the one that is issued', () => {
    const { verdicts } = decide({
      scope: 'storage.read:/leaf/a/b storage.read:/leaf/a storage.read:/leaf/ storage.read:/leaf',
    });
    expect(verdicts.map((verdict) => ('as' in verdict ? verdict.as : null))).toEqual(
      Array(4).fill(['storage.read:/leaf']),
    );
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['contained', 'contained', 'issued', 'contained']);
  });

  test('modify does not contain create, so both stay', () => {
    expect(decide({ scope: 'storage.modify:/open/a storage.create:/open/a' }).granted).toHaveLength(2);
  });

  test('what is contained in a refused scope stands by itself', () => {
    expect(decide({ scope: 'storage.read:/open storage.read:/open/a' })).toMatchObject({
      granted: ['storage.read:/open/a'],
      refused: [{ scope: 'storage.read:/open', reason: 'embargoed-part' }],
      error: null,
    });
  });

  test('a strict client gets nothing when one storage scope is refused', () => {
    const client = { policyMode: 'strict' as const };
    expect(decide({ client, scope: 'storage.read:/leaf storage.stage:/leaf storage.read:/leaf/a' })).toMatchObject({
      scope: [],
      error: 'invalid_scope',
      refused: [
        { scope: 'storage.read:/leaf', reason: 'all-or-nothing' },
        { scope: 'storage.stage:/leaf', reason: 'no-grant' },
        { scope: 'storage.read:/leaf/a', reason: 'all-or-nothing' },
      ],
    });
  });

  test('for a strict client a word left out is no refusal of the request', () => {
    const client = { policyMode: 'strict' as const };
    expect(decide({ client, scope: 'storage.read:/leaf unknown wlcg.groups:/g' })).toMatchObject({
      scope: ['storage.read:/leaf'],
      error: null,
    });
  });

  test('beside refused storage scopes nothing else is issued either', () => {
    expect(decide({ scope: 'openid storage.read:/open/closed wlcg.groups' })).toMatchObject({
      scope: [],
      groups: [],
      expiresAt: null,
      refused: [{ scope: 'storage.read:/open/closed', reason: 'embargoed' }],
      error: 'invalid_scope',
    });
  });
});

describe('consent', () => {
  test('an unticked scope is refused, the others stand', () => {
    expect(
      decide({ scope: 'storage.read:/leaf storage.read:/open/a', unticked: ['storage.read:/leaf'] }),
    ).toMatchObject({
      granted: ['storage.read:/open/a'],
      refused: [{ scope: 'storage.read:/leaf', reason: 'consent' }],
    });
  });

  test('it is named also when the request no longer lists it', () => {
    expect(decide({ scope: 'openid', unticked: ['storage.read:/leaf'] })).toMatchObject({
      scope: [],
      refused: [{ scope: 'storage.read:/leaf', reason: 'consent' }],
      error: 'invalid_scope',
    });
  });

  test('a reason of the rules comes before it', () => {
    expect(decide({ scope: 'storage.stage:/leaf', unticked: ['storage.stage:/leaf'] }).refused).toEqual([
      { scope: 'storage.stage:/leaf', reason: 'no-grant' },
    ]);
  });

  test('a word can be unticked too', () => {
    expect(decide({ scope: 'storage.read:/leaf openid', unticked: ['openid'] })).toMatchObject({
      scope: ['storage.read:/leaf'],
      refused: [{ scope: 'openid', reason: 'consent' }],
    });
  });
});

describe('other scopes', () => {
  test('words among those of the client are kept, others left out and named', () => {
    const client = { scopes: ['openid', 'offline_access', 'wlcg:1.0'] };
    expect(decide({ client, scope: 'openid wlcg wlcg:1.0 profile offline_access' })).toMatchObject({
      scope: ['openid', 'wlcg:1.0', 'offline_access'],
      refused: [
        { scope: 'wlcg', reason: 'client-scope' },
        { scope: 'profile', reason: 'client-scope' },
      ],
      error: null,
    });
  });

  test('when nothing remains of a request without storage scopes there is no error and no token', () => {
    expect(decide({ scope: 'unknown' })).toMatchObject({ scope: [], error: null, expiresAt: null });
  });

  test('a request without scopes has a token without scopes', () => {
    expect(decide({ scope: '' })).toMatchObject({
      scope: [],
      error: null,
      expiresAt: Date.parse('2026-11-22T13:00:00Z'),
    });
  });

  test.each(['storage', 'storage.list', 'storage.list:/'])('W-SCOPE-4: %s is never issued as a plain word', (word) => {
    expect(decide({ client: { scopes: [word, 'openid'] }, scope: `openid ${word}` }).scope).toEqual(['openid']);
  });

  test('W-HOST-3: host.auth is for a client acting for itself', () => {
    const client = { scopes: ['host.auth', 'openid'] };
    expect(decide({ client, scope: 'openid host.auth' }).scope).toEqual(['openid']);
    expect(decide({ client, principal: { client: 'robot' }, scope: 'host.auth' }).scope).toEqual(['host.auth']);
  });
});

describe('whose rights count', () => {
  test('a user has none of the rights of the client in use', () => {
    expect(decide({ scope: 'storage.stage:/open/a' }).refused).toEqual([
      { scope: 'storage.stage:/open/a', reason: 'no-grant' },
    ]);
  });

  test('a client acting for itself has its own', () => {
    expect(
      decide({ principal: { client: 'robot' }, scope: 'storage.stage:/open/a storage.read:/open/a' }),
    ).toMatchObject({
      granted: ['storage.stage:/open/a', 'storage.read:/open/a'],
    });
  });

  test('policy-semantics 2.1: the ceiling holds what every verifier lets an allowed scope do', () => {
    const ask = (allowed: string, scope: string) => decide({ client: { scopes: [allowed] }, scope }).error;
    expect(ask('storage.modify:/', 'storage.create:/open/a')).toBeNull();
    expect(ask('storage.modify:/', 'storage.poll:/open/a')).toBe('invalid_scope');
    expect(ask('storage.create:/', 'storage.modify:/open/a')).toBe('invalid_scope');
    expect(ask('storage.stage:/', 'storage.read:/open/a')).toBe('invalid_scope');
  });

  test('a ceiling below the path narrows it, and refuses a strict client', () => {
    const client = { scopes: ['storage.read:/leaf/a'] };
    expect(decide({ client, scope: 'storage.read:/leaf' }).granted).toEqual(['storage.read:/leaf/a']);
    const strict = decide({ client: { ...client, policyMode: 'strict' }, scope: 'storage.read:/leaf' });
    expect(strict.refused).toEqual([{ scope: 'storage.read:/leaf', reason: 'partial' }]);
  });

  test('a ceiling beside the path refuses by the client', () => {
    expect(decide({ client: { scopes: ['storage.read:/lea'] }, scope: 'storage.read:/leaf' }).refused).toEqual([
      { scope: 'storage.read:/leaf', reason: 'client-scope' },
    ]);
  });
});

describe('the end of the token', () => {
  test.each([
    [3600, '2026-11-22T13:00:00Z'],
    [14_400, '2026-11-22T16:00:00Z'],
    [86_400, '2026-11-22T17:59:00Z'],
  ])('a lifetime of %i s, bounded by the longest of the lake, ends at %s', (lifetimeSeconds, end) => {
    expect(decide({ scope: 'openid', lifetimeSeconds }).expiresAt).toBe(Date.parse(end));
  });
});

describe('the minimum window of 420 s (policy-semantics 4)', () => {
  const start = Date.parse(noon);
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  const closed = { id: 'e', path: '/d/closed' };
  const decideWith = (
    facts: Parameters<typeof policyFacts>[0],
    principal: ShortRequest['principal'] = { user: 'bob' },
  ) =>
    resolve(
      compilePolicy(policyFacts({ storages: [{ name: 'SEGMENT' }], ...facts })),
      policyRequest({ principal, scope: 'storage.read:/d' }),
    ).refused[0]?.reason ?? 'issued';
  const grant = { id: 'g', subject: 'user:bob', actions: ['read'], path: '/d' };
  const ofGroup = { ...grant, subject: 'group:/g' };

  test.each([
    [{ until: at(420) }, 'issued'],
    [{ until: at(419) }, 'no-grant'],
    [{ from: at(0) }, 'issued'],
    [{ from: at(1) }, 'no-grant'],
  ])('a grant with %j: %s', (interval, outcome) => {
    expect(decideWith({ grants: [{ ...grant, ...interval }] })).toBe(outcome);
  });

  test.each([
    [{ until: at(420) }, 'issued'],
    [{ until: at(419) }, 'no-grant'],
    [{ from: at(1) }, 'no-grant'],
  ])('a membership with %j: %s', (interval, outcome) => {
    expect(decideWith({ grants: [ofGroup] }, { user: 'bob', groups: [{ path: '/g', ...interval }] })).toBe(outcome);
  });

  test.each([
    [at(420), 'issued'],
    [at(419), 'no-grant'],
  ])('an account that ends at %s: %s', (endsAt, outcome) => {
    expect(decideWith({ grants: [grant] }, { user: 'bob', endsAt })).toBe(outcome);
  });

  test.each([
    [{ from: at(420) }, 'issued'],
    [{ from: at(419) }, 'embargoed-part'],
    [{ until: at(0) }, 'issued'],
    [{ until: at(1) }, 'embargoed-part'],
  ])('an embargo with %j: %s', (interval, outcome) => {
    expect(decideWith({ grants: [grant], embargoes: [{ ...closed, ...interval }] })).toBe(outcome);
  });

  test.each([
    [{ until: at(420) }, 'issued'],
    [{ until: at(419) }, 'embargoed-part'],
    [{ from: at(1) }, 'embargoed-part'],
  ])('a party with %j: %s', (interval, outcome) => {
    const parties = [{ subject: 'user:bob', ...interval }];
    expect(decideWith({ grants: [grant], embargoes: [{ ...closed, parties }] })).toBe(outcome);
  });

  test('different parties admit action by action, without closure', () => {
    const stage = { ...grant, actions: ['stage'] };
    const admit = (...parties: { subject: string; actions: string[] }[]) =>
      resolve(
        compilePolicy(
          policyFacts({ storages: [{ name: 'SEGMENT' }], grants: [stage], embargoes: [{ ...closed, parties }] }),
        ),
        policyRequest({ principal: { user: 'bob', groups: ['/g'] }, scope: 'storage.stage:/d' }),
      ).error;
    expect(admit({ subject: 'user:bob', actions: ['stage'] })).toBe('invalid_scope');
    expect(
      admit({ subject: 'user:bob', actions: ['stage', 'read'] }, { subject: 'group:/g', actions: ['poll'] }),
    ).toBeNull();
  });

  test('nested embargoes must all admit', () => {
    const mine = { parties: [{ subject: 'user:bob' }] };
    const outer = { id: 'outer', path: '/d' };
    expect(
      decideWith({
        grants: [grant],
        embargoes: [
          { ...outer, ...mine },
          { ...closed, ...mine },
        ],
      }),
    ).toBe('issued');
    expect(decideWith({ grants: [grant], embargoes: [outer, { ...closed, ...mine }] })).toBe('embargoed');
    expect(decideWith({ grants: [grant], embargoes: [{ ...outer, ...mine }, closed] })).toBe('embargoed-part');
  });

  test('an embargo on other actions does not close', () => {
    expect(decideWith({ grants: [grant], embargoes: [{ ...closed, actions: ['modify', 'stage'] }] })).toBe('issued');
  });

  test.each([
    ['2027-03-28T00:59:59Z', 'embargoed-part'],
    ['2027-03-28T01:00:00Z', 'issued'],
    ['2027-03-28T01:00:01Z', 'issued'],
  ])('a release at the change to daylight-saving time, asked at %s: %s', (now, outcome) => {
    const facts = policyFacts({
      storages: [{ name: 'SEGMENT' }],
      grants: [grant],
      embargoes: [{ ...closed, until: '2027-03-28T01:00:00Z' }],
    });
    const request = policyRequest({ principal: { user: 'bob' }, scope: 'storage.read:/d', now });
    expect(resolve(compilePolicy(facts), request).refused[0]?.reason ?? 'issued').toBe(outcome);
  });
});

test('W-CLM-7: the wildcard is no storage, even if one is registered under it', () => {
  const wildcard = 'https://wlcg.cern.ch/jwt/v1/any';
  const facts = policyFacts({
    storages: [{ name: 'SEGMENT' }, { name: 'ANY', audience: wildcard }],
    grants: [{ id: 'g', subject: 'user:bob', actions: ['read'], path: '/d' }],
    embargoes: [{ id: 'e', path: '/d', parties: [{ subject: 'user:bob' }] }],
  });
  const request = policyRequest({ principal: { user: 'bob' }, scope: 'storage.read:/d', audiences: [wildcard] });
  expect(resolve(compilePolicy(facts), request).refused).toEqual([
    { scope: 'storage.read:/d', reason: 'audience-required' },
  ]);
});
