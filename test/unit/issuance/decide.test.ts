/** Decisions within the size of a token (policy-semantics 2.2 and 10.5; W-ISS-4). */
import type { Account } from '../../../src/accounts/account.ts';
import type { RegisteredClient } from '../../../src/clients/client.ts';
import { claimsInput } from '../../../src/issuance/claims-input.ts';
import { decideToken, ordinaryShape } from '../../../src/issuance/decide.ts';
import { compilePolicy } from '../../../src/policy/compile.ts';
import type { PolicyMode } from '../../../src/policy/rule.ts';
import { accessTokenClaims } from '../../../src/tokens/profiles.ts';
import { tokenBytes } from '../../../src/tokens/size.ts';
import { noon, policyFacts } from '../../support/policy-facts.ts';

const now = Date.parse(noon);

/** Directories below `/data`, one of them closed, so that `/data` is expanded to all others. */
function lake(count: number, nameLength: number) {
  const names = Array.from({ length: count }, (_, index) => `${index}`.padStart(nameLength, 'n'));
  return compilePolicy(
    policyFacts({
      storages: [{ name: 'SEGMENT' }],
      namespace: ['/open', ...names.map((name) => `/data/${name}`)],
      grants: [{ id: 'all', subject: 'client:c', actions: ['read'], path: '/' }],
      embargoes: [{ id: 'closed', path: '/data/closed' }],
    }),
  );
}

function ask(policy: ReturnType<typeof lake>, scopes: readonly string[], policyMode: PolicyMode = 'expand') {
  const client = {
    clientId: 'c',
    scopes: ['storage.read:/'],
    policyMode,
    memberships: [],
    accessTokenLifetimeSeconds: null,
    audienceLifetimes: [],
  } as unknown as RegisteredClient;
  const request = { client, account: null, audiences: ['SEGMENT'], scopes };
  const decision = decideToken(policy, request, now, ordinaryShape);
  const { issuer, context, frameCharacters } = ordinaryShape;
  const claims = accessTokenClaims(claimsInput(issuer, request, context, decision, now, 'x'.repeat(36)));
  return { decision, bytes: tokenBytes(frameCharacters, claims) };
}

test('an expansion that fits is issued whole', () => {
  const { decision, bytes } = ask(lake(40, 20), ['storage.read:/data']);
  expect(decision.granted).toHaveLength(40);
  expect(bytes).toBeLessThanOrEqual(6144);
});

test('an expansion that would make the token too large is dropped, and what else was asked stands', () => {
  const { decision, bytes } = ask(lake(40, 100), ['storage.read:/data', 'storage.read:/open']);
  expect(decision.granted).toEqual(['storage.read:/open']);
  expect(decision.refused).toEqual([{ scope: 'storage.read:/data', reason: 'too-many' }]);
  expect(bytes).toBeLessThan(6144);
});

test('it is never cut to a part, whatever its length', () => {
  for (let length = 60; length <= 110; length += 1) {
    const { decision, bytes } = ask(lake(40, length), ['storage.read:/data']);
    expect(decision.granted.length === 40 || decision.error === 'invalid_scope').toBe(true);
    expect(decision.error === null ? bytes : 0).toBeLessThanOrEqual(6144);
  }
});

test('scopes asked one by one that are too large together are refused together', () => {
  const scopes = Array.from({ length: 40 }, (_, index) => `storage.read:/data/${`${index}`.padStart(100, 'n')}`);
  const { decision } = ask(lake(40, 100), scopes, 'narrow');
  expect(decision.error).toBe('invalid_scope');
  expect(decision.expiresAt).toBeNull();
  expect(new Set(decision.refused.map(({ reason }) => reason))).toEqual(new Set(['too-many']));
});

test('groups that fit as paths but not as entitlements are refused, as the token would be too large (W-ISS-4)', () => {
  const groups = Array.from({ length: 60 }, (_, index) => `/vo/team-${index}`);
  const policy = compilePolicy(policyFacts({ groups: groups.map((path) => ({ path })) }));
  const account = {
    id: '5a1e0000-0000-4000-8000-000000000001',
    username: 'alice',
    memberships: groups.map((group) => ({ group, from: null, until: null })),
    endsAt: null,
  } as unknown as Account;
  const scopes = groups.map((group) => `wlcg.groups:${group}`);
  const entitlements = { namespace: `urn:geant:${'example.'.repeat(8)}org`, authority: null };
  const decideAs = (tokenProfile: string) => {
    const client = {
      clientId: 'c',
      scopes: ['wlcg.groups'],
      policyMode: 'narrow',
      memberships: [],
      accessTokenLifetimeSeconds: null,
      audienceLifetimes: [],
      identityClaims: [],
      tokenProfile,
    } as unknown as RegisteredClient;
    return decideToken(policy, { client, account, audiences: [], scopes }, now, { ...ordinaryShape, entitlements });
  };
  expect(decideAs('wlcg').groups).toHaveLength(groups.length);
  expect(decideAs('aarc')).toMatchObject({ error: 'invalid_scope', groups: [] });
  expect(new Set(decideAs('aarc').refused.map(({ reason }) => reason))).toEqual(new Set(['too-many']));
});
