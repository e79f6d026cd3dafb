/** The profiles of access tokens by themselves (wlcg-tokens.md sections 2.4, 10 and 11). */
import fc from 'fast-check';
import { parseScope } from '../../../src/policy/scope.ts';
import type { AccessTokenInput } from '../../../src/tokens/claims.ts';
import { entitlementOf } from '../../../src/tokens/entitlements.ts';
import type { TokenProfile } from '../../../src/tokens/profile.ts';
import { chosenProfile, profileAmong } from '../../../src/tokens/profile-scopes.ts';
import { fromScitokens, toScitokens } from '../../../src/tokens/profiles/scitokens.ts';
import { accessTokenClaims, audiencesIn, headerExcess, headerType, scopesIn } from '../../../src/tokens/profiles.ts';

const profiles: readonly TokenProfile[] = ['wlcg', 'rfc9068', 'aarc', 'scitokens'];

const input: AccessTokenInput = {
  issuer: 'https://iam.example.org/',
  subject: '5a1e0000-0000-4000-8000-000000000001',
  clientId: 'portal',
  audiences: ['tree'],
  scope: ['openid', 'wlcg.groups', 'storage.read:/a', 'storage.modify:/b/', 'storage.stage:/c'],
  groups: ['/vo/team', '/vo'],
  jti: 'c7a1',
  issuedAt: Date.parse('2026-11-22T12:00:00.900Z'),
  expiresAt: Date.parse('2026-11-22T13:00:00.900Z'),
  authentication: null,
  entitlements: { namespace: 'urn:geant:example.org', authority: null },
};

test.each(profiles)(
  '%s has the claims that every verifier needs, with whole seconds (W-CLM-1 to W-CLM-7, W-AT-4)',
  (profile) => {
    const claims = accessTokenClaims({ ...input, profile });
    expect(claims).toMatchObject({
      iss: input.issuer,
      sub: input.subject,
      aud: 'tree',
      jti: 'c7a1',
      client_id: 'portal',
    });
    for (const date of [claims.iat, claims.nbf, claims.exp]) expect(Number.isInteger(date)).toBe(true);
    expect(typeof claims.scope).toBe('string');
  },
);

test.each(profiles)('%s never has ver beside wlcg.ver (W-CLM-14)', (profile) => {
  const claims = accessTokenClaims({ ...input, profile });
  expect('ver' in claims && 'wlcg.ver' in claims).toBe(false);
});

test.each(profiles)('the header of %s is as much longer as is said', (profile) => {
  const characters = (typ: string) =>
    Buffer.from(JSON.stringify({ alg: 'RS256', typ, kid: 'k'.repeat(43) })).toString('base64url').length;
  expect(headerExcess(profile)).toBe(characters(headerType(profile) ?? 'JWT') - characters('JWT'));
});

test('groups have the name that the profile gives them', () => {
  const named = (profile: TokenProfile) =>
    Object.entries(accessTokenClaims({ ...input, profile })).filter(([, value]) => Array.isArray(value));
  expect(named('wlcg')).toEqual([['wlcg.groups', input.groups]]);
  expect(named('rfc9068')).toEqual([['groups', input.groups]]);
  expect(named('aarc')).toEqual([
    ['wlcg.groups', input.groups],
    ['entitlements', ['urn:geant:example.org:group:vo:team', 'urn:geant:example.org:group:vo']],
  ]);
});

test('without a namespace, and without groups, there are no entitlements (W-CLM-9)', () => {
  expect(accessTokenClaims({ ...input, profile: 'aarc', entitlements: null })).not.toHaveProperty('entitlements');
  expect(accessTokenClaims({ ...input, profile: 'aarc', groups: [] })).not.toHaveProperty('entitlements');
});

test('an authority stands behind the group (A-ENT-1)', () => {
  const namespace = { namespace: 'urn:geant:example.org', authority: 'aai.example.org' };
  expect(entitlementOf(namespace, '/vo/team')).toBe('urn:geant:example.org:group:vo:team#aai.example.org');
});

describe('SciTokens', () => {
  test('say read and write, and leave out what they cannot say', () => {
    const { scope } = accessTokenClaims({ ...input, profile: 'scitokens' });
    expect(scope).toBe('openid wlcg.groups read:/a write:/b/');
  });

  test('are read back as the storage scopes that they stand for, and nothing else', () => {
    const segment = fc.stringMatching(/^[a-z0-9._-]{1,8}$/).filter((name) => !/^\.+$/.test(name));
    const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
    const action = fc.constantFrom('read', 'modify', 'create', 'stage', 'poll');
    fc.assert(
      fc.property(action, path, (name, at) => {
        const scope = `storage.${name}:${at}`;
        const said = toScitokens(scope);
        expect(said === undefined).toBe(name !== 'read' && name !== 'modify');
        if (said !== undefined) expect(fromScitokens(said)).toBe(scope);
      }),
    );
  });

  test.each(['read', 'write', 'read:', 'write:x', 'read:../x', 'https://scitokens.org/v1/authz/read'])(
    '%s is malformed, never the root (W-SCOPE-4)',
    (scope) => {
      expect(parseScope(fromScitokens(scope)).kind).toBe('malformed');
    },
  );

  test('a token is read in the words of the policy', () => {
    const claims = accessTokenClaims({ ...input, audiences: [], profile: 'scitokens' });
    expect(claims.aud).toBe('ANY');
    expect(audiencesIn(claims)).toEqual(['https://wlcg.cern.ch/jwt/v1/any']);
    expect(scopesIn(claims)).toEqual(['openid', 'wlcg.groups', 'storage.read:/a', 'storage.modify:/b/']);
    const wlcg = accessTokenClaims({ ...input, audiences: ['ANY'], scope: ['read:/x'] });
    expect([audiencesIn(wlcg), scopesIn(wlcg)]).toEqual([['ANY'], ['read:/x']]);
  });
});

describe('the choice of a profile by a scope', () => {
  const client = { scopes: ['aarc'], tokenProfile: 'rfc9068' as const };

  test.each([
    { asked: [], expected: 'rfc9068' },
    { asked: ['openid', 'aarc'], expected: 'aarc' },
    { asked: ['wlcg:1.0'], expected: 'wlcg' },
    { asked: ['scitokens'], expected: 'rfc9068' },
    { asked: ['wlcg', 'aarc'], expected: 'rfc9068' },
    { asked: ['wlcg', 'wlcg:1.0'], expected: 'wlcg' },
    { asked: ['wlcg:one'], expected: 'rfc9068' },
    { asked: ['iam', 'kc'], expected: 'rfc9068' },
  ])('$asked gives $expected', ({ asked, expected }) => {
    expect(chosenProfile(asked, client)).toBe(expected);
  });

  test('the scopes of a client name one profile, or none', () => {
    expect([profileAmong(['openid', 'scitokens']), profileAmong(['aarc', 'wlcg']), profileAmong([])]).toEqual([
      'scitokens',
      undefined,
      undefined,
    ]);
  });
});
