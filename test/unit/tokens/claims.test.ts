import { effectiveAudiences } from '../../../src/tokens/audience.ts';
import type { AccessTokenInput } from '../../../src/tokens/claims.ts';
import { accessTokenClaims } from '../../../src/tokens/profiles.ts';

const input: AccessTokenInput = {
  issuer: 'https://iam.example.org/',
  subject: '5a1e0000-0000-4000-8000-000000000001',
  clientId: 'portal',
  audiences: [],
  scope: ['openid', 'storage.read:/cta', 'wlcg.groups:/escape/cta'],
  groups: ['/escape/cta', '/escape'],
  jti: 'c7a1',
  issuedAt: Date.parse('2026-11-22T12:00:00.900Z'),
  expiresAt: Date.parse('2026-11-22T13:00:00.900Z'),
  authentication: null,
};

test('carries the claims of the profile, dates as whole seconds, nbf 60 s before iat (W-CLM-1 to W-CLM-12, W-AT-4)', () => {
  const iat = Date.parse('2026-11-22T12:00:00Z') / 1000;
  expect(accessTokenClaims(input)).toEqual({
    iss: 'https://iam.example.org/',
    sub: '5a1e0000-0000-4000-8000-000000000001',
    aud: 'https://wlcg.cern.ch/jwt/v1/any',
    iat,
    nbf: iat - 60,
    exp: iat + 3600,
    jti: 'c7a1',
    scope: 'openid storage.read:/cta wlcg.groups:/escape/cta',
    client_id: 'portal',
    'wlcg.ver': '1.0',
    'wlcg.groups': ['/escape/cta', '/escape'],
  });
});

test('puts requested audiences into aud unchanged, one as a string, several as an array (W-AUD-2)', () => {
  expect(accessTokenClaims({ ...input, audiences: ['https://se.example.org:8443'] }).aud).toBe(
    'https://se.example.org:8443',
  );
  expect(accessTokenClaims({ ...input, audiences: ['a.example', 'b.example'] }).aud).toEqual([
    'a.example',
    'b.example',
  ]);
});

test('leaves empty groups out and never leaves scope out (W-CLM-9, W-AT-1)', () => {
  const claims = accessTokenClaims({ ...input, scope: [], groups: [] });
  expect(claims).not.toHaveProperty(['wlcg.groups']);
  expect(claims.scope).toBe('');
});

test('says how the user logged in only for tokens of user flows (W-CLM-10, W-CLM-11)', () => {
  expect(accessTokenClaims(input)).not.toHaveProperty('acr');
  const authentication = { acr: 'https://refeds.org/profile/sfa', assurance: ['https://refeds.org/assurance'] };
  expect(accessTokenClaims({ ...input, authentication })).toMatchObject({
    acr: 'https://refeds.org/profile/sfa',
    eduperson_assurance: ['https://refeds.org/assurance'],
  });
});

test('takes the client’s default audience only where none was asked (W-AUD-5)', () => {
  expect(effectiveAudiences(['x'], 'rucio')).toEqual(['x']);
  expect(effectiveAudiences([], 'rucio')).toEqual(['rucio']);
  expect(effectiveAudiences([], null)).toEqual([]);
});
