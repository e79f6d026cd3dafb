import fc from 'fast-check';
import { isNativeClient } from '../../../src/clients/native.ts';
import { registrableAuthMethods, registrableGrants, registrableScopes } from '../../../src/clients/registration.ts';
import { toDefinition } from '../../../src/clients/registration-definition.ts';
import { readMetadata } from '../../../src/clients/registration-metadata.ts';
import { fetchProblem, redirectProblem } from '../../../src/clients/registration-uri.ts';
import { clientSchema } from '../../../src/lake/schema/client.ts';
import { runs } from '../../support/runs.ts';

const jwks = { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] };

/** Metadata that is often accepted. */
const metadata = fc.record(
  {
    redirect_uris: fc.subarray(['https://rp.example/cb', 'http://localhost:1/', 'org.example.app:/cb'], {
      minLength: 1,
    }),
    post_logout_redirect_uris: fc.subarray(['https://rp.example/out']),
    client_name: fc.string(),
    scope: fc
      .array(fc.constantFrom(...registrableScopes, 'storage.read:/', 'wlcg.groups:/a', '', 'é'))
      .map((all) => all.join(' ')),
    grant_types: fc.subarray([...registrableGrants, 'client_credentials', 'implicit']),
    token_endpoint_auth_method: fc.constantFrom(...registrableAuthMethods),
    jwks: fc.constant(jwks),
    id_token_signed_response_alg: fc.constantFrom('RS256', 'ES256', 'none'),
    backchannel_logout_uri: fc.constantFrom('https://rp.example/logout', 'https://10.0.0.1/'),
    dpop_bound_access_tokens: fc.boolean(),
  },
  { requiredKeys: ['redirect_uris'] },
);

/** What was registered, or undefined. */
function register(json: unknown, present?: Parameters<typeof toDefinition>[1]) {
  const given = readMetadata(json);
  const definition = given.ok ? toDefinition(given.value, present) : given;
  return definition.ok ? definition.value : undefined;
}

test('what is registered could stand in a lake file', () => {
  let accepted = 0;
  fc.assert(
    fc.property(metadata, (json) => {
      const definition = register(json);
      if (definition === undefined) return;
      accepted += 1;
      expect(clientSchema.safeParse({ clientId: 'c', ...definition })).toMatchObject({ success: true });
    }),
    { numRuns: runs(500) },
  );
  expect(accepted).toBeGreaterThan(100);
});

test('W-SEC-2: nothing registers what only an administrator allows', () => {
  fc.assert(
    fc.property(metadata, (json) => {
      const { scopes = [], grantTypes = [], ...rest } = register(json) ?? {};
      expect(scopes.every((scope) => registrableScopes.includes(scope))).toBe(true);
      expect(grantTypes.every((grant) => registrableGrants.includes(grant))).toBe(true);
      expect(rest).not.toHaveProperty('privileged');
    }),
    { numRuns: runs(300) },
  );
});

test('an update takes away nothing that only an administrator allows, and adds nothing', () => {
  const present = {
    scopes: ['storage.read:/cta', 'openid'],
    grantTypes: ['client_credentials', 'authorization_code'],
    optionalGroups: true,
    audiences: ['rucio'],
    privileged: true,
  };
  fc.assert(
    fc.property(metadata, (json) => {
      const definition = register(json, present);
      if (definition === undefined) return;
      const { scopes = [], grantTypes = [] } = definition;
      expect(scopes.filter((scope) => !registrableScopes.includes(scope))).toEqual(['storage.read:/cta']);
      expect(grantTypes.filter((grant) => !registrableGrants.includes(grant))).toEqual(['client_credentials']);
      expect(definition).toMatchObject({ optionalGroups: true, audiences: ['rucio'], privileged: true });
    }),
    { numRuns: runs(300) },
  );
});

test('no text is a redirect that runs something, or a fault', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.constantFrom('javascript:x', 'data:,x')),
      (uri) => {
        if (redirectProblem(uri) !== undefined) return;
        expect(new URL(uri).protocol).toMatch(/^https?:$|\./);
      },
    ),
    { numRuns: runs(1000) },
  );
});

test.each(['http://rp.example/', 'https://rp.example/#x', 'https://u@rp.example/', 'ftp://rp.example/', 'x'])(
  'the server never calls %s',
  (uri) => {
    expect(fetchProblem(uri)).toBeDefined();
  },
);

describe('a native application', () => {
  const client = (redirectUris: string[], more: object = {}) =>
    isNativeClient({ tokenEndpointAuthMethod: 'client_secret_basic', applicationType: null, redirectUris, ...more });

  test('has a scheme of its own, whatever it says', () => {
    expect(client(['org.example.app:/cb'])).toBe(true);
    expect(client(['org.example.app:/cb'], { applicationType: 'web' })).toBe(true);
  });

  test('is public with redirects to the machine itself', () => {
    expect(client(['http://127.0.0.1/cb'], { tokenEndpointAuthMethod: 'none' })).toBe(true);
    expect(client(['https://rp.example/cb'], { tokenEndpointAuthMethod: 'none' })).toBe(false);
  });

  test('is confidential only when it says so', () => {
    expect(client(['http://localhost:9000/callback'])).toBe(false);
    expect(client(['http://localhost:9000/callback'], { applicationType: 'native' })).toBe(true);
    expect(client(['https://rp.example/cb'], { applicationType: 'native' })).toBe(false);
  });
});
