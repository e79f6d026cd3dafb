/** Which tokens a storage accepts, with the attacks on JWTs of test/cases/vectors/attacks.json. */
import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { createValidator } from '../../../src/validate/index.ts';
import {
  assemble,
  audience,
  claimsOf,
  createKey,
  issuerUrl,
  outcome,
  type SigningKey,
  setUp,
  sign,
  start,
} from './fake-issuer.ts';

let rsa: SigningKey;
let ec: SigningKey;
let stranger: SigningKey;

beforeAll(async () => {
  rsa = await createKey('rsa-1');
  ec = await createKey('ec-1', 'ES256');
  stranger = await createKey('rsa-1');
});

const outcomeOf = async (claims: object | string, header: object = {}) =>
  outcome(setUp([rsa]).validator, await sign(rsa, claims, header));

describe('a good token', () => {
  test('is accepted with RS256 and with ES256 (W-RS-6)', async () => {
    const { validator } = setUp([rsa, ec]);
    expect(await outcome(validator, await sign(rsa))).toBe('accepted');
    expect(await outcome(validator, await sign(ec))).toBe('accepted');
  });

  test('gives the claims of the profile and no others (W-CLM-13)', async () => {
    const { validator } = setUp([rsa]);
    const token = await sign(rsa, claimsOf({ 'wlcg.groups': ['/vo'], client_id: 'c', embargo: 'none' }));
    const result = await validator.validate(token);
    expect(result).toEqual({ ok: true, value: claimsOf({ 'wlcg.groups': ['/vo'], client_id: 'c' }) });
  });

  test.each([undefined, 'JWT', 'jwt', 'at+jwt', 'application/at+jwt'])('may have the type %s', async (typ) => {
    expect(await outcomeOf(claimsOf(), { typ })).toBe('accepted');
  });

  test('authorizes below the base path of its issuer, until it expires', async () => {
    const { validator, clock } = setUp([rsa]);
    const result = await validator.validate(await sign(rsa));
    if (!result.ok) throw new Error(result.error.message);
    const claims = result.value;
    expect(validator.authorize(claims, 'read', '/vo/data/f').decision).toBe('allow');
    expect(validator.authorize(claims, 'read', '/data/f')).toEqual({ decision: 'deny', reason: 'path_outside_base' });
    expect(validator.authorize({ ...claims, iss: 'https://other/' }, 'read', '/vo/data/f')).toEqual({
      decision: 'deny',
      reason: 'issuer_unknown',
    });
    clock.seconds = claims.exp;
    expect(validator.authorize(claims, 'read', '/vo/data/f')).toEqual({ decision: 'deny', reason: 'token_expired' });
  });
});

describe('the envelope', () => {
  test.each(['', 'a.b', 'a.b.c.d', '!.b.c', 'a b.c.d', `${'a'.repeat(20_000)}.b.c`])(
    'text %# that is no token is refused',
    async (text) => {
      expect(await outcome(setUp([rsa]).validator, text)).toBe('token_malformed');
    },
  );

  test('what is not a string, not an object, not UTF-8 or not JSON is refused', async () => {
    const { validator } = setUp([rsa]);
    expect(await outcome(validator, undefined as unknown as string)).toBe('token_malformed');
    expect(await outcome(validator, assemble({ alg: 'RS256' }, '[]'))).toBe('token_malformed');
    expect(await outcome(validator, assemble({ alg: 'RS256' }, 'null'))).toBe('token_malformed');
    expect(await outcome(validator, assemble({ alg: 'RS256' }, '{'))).toBe('token_malformed');
    expect(await outcome(validator, `${assemble({}, {}).split('.')[0]}._w.AAAA`)).toBe('token_malformed');
  });

  test.each(['none', 'NoNe', 'NONE', 'nonE', undefined])('JW-02: alg %s is refused', async (alg) => {
    const { validator, network } = setUp([rsa]);
    expect(await outcome(validator, assemble({ alg, kid: 'rsa-1' }, claimsOf()))).toBe('algorithm_not_accepted');
    expect(await outcome(validator, assemble({ alg, kid: 'rsa-1' }, claimsOf(), ''))).toBe('token_malformed');
    expect(network.requests).toEqual([]);
  });

  test('JW-03: a public key does not serve as an HMAC secret', async () => {
    const { validator } = setUp([rsa]);
    const { createPublicKey } = await import('node:crypto');
    const publicKey = createPublicKey(rsa.privateKey);
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(rsa.publicJwk)]) {
      const unsigned = assemble({ alg: 'HS256', kid: 'rsa-1', typ: 'JWT' }, claimsOf(), '').slice(0, -1);
      const signature = createHmac('sha256', secret).update(unsigned).digest('base64url');
      expect(await outcome(validator, `${unsigned}.${signature}`)).toBe('algorithm_not_accepted');
    }
  });

  test('the algorithm is bound to the type of the key (RFC 8725 section 3.1)', async () => {
    const { validator } = setUp([rsa, ec]);
    expect(await outcome(validator, await sign(rsa, claimsOf(), { kid: 'ec-1' }))).toBe('algorithm_not_accepted');
    expect(await outcome(validator, await sign(ec, claimsOf(), { kid: 'rsa-1' }))).toBe('algorithm_not_accepted');
  });

  test.each(["x' UNION SELECT 'a'--", '../../etc/passwd', '__proto__', ''])('JW-05: kid %j is refused', async (kid) => {
    expect(await outcomeOf(claimsOf(), { kid })).toBe('key_unknown');
  });

  test('a token without kid is refused (W-KEY-1)', async () => {
    expect(await outcomeOf(claimsOf(), { kid: undefined })).toBe('key_unknown');
  });

  test('JW-06: keys that come with the token are not used and not fetched', async () => {
    const { validator, network } = setUp([rsa]);
    const header = { jwk: stranger.publicJwk, jku: 'https://evil.example/jwk', x5u: 'https://evil.example/x5u' };
    expect(await outcome(validator, await sign(stranger, claimsOf(), header))).toBe('signature_invalid');
    expect(network.requests.filter((url) => url.includes('evil'))).toEqual([]);
  });

  test('JW-08: an unknown critical header is refused', async () => {
    const [, payload, signature] = (await sign(rsa)).split('.');
    const header = { alg: 'RS256', kid: 'rsa-1', crit: ['x'], x: 1 };
    expect(await outcome(setUp([rsa]).validator, `${assemble(header, '').split('.')[0]}.${payload}.${signature}`)).toBe(
      'header_not_accepted',
    );
  });

  test('JW-11: of duplicate members the last one counts, in the check and in the claims', async () => {
    const { validator } = setUp([rsa]);
    const text = JSON.stringify(claimsOf()).replace(/^\{/, '{"sub":"first","iss":"https://evil/",');
    const result = await validator.validate(await sign(rsa, text));
    expect(result).toMatchObject({ ok: true, value: { iss: issuerUrl, sub: claimsOf().sub } });
  });

  test.each(['logout+jwt', 'secevent+jwt', 'dpop+jwt', 5])('JW-16: a token of type %s is refused', async (typ) => {
    expect(await outcomeOf(claimsOf(), { typ })).toBe('token_type_not_accepted');
  });

  test('JW-16: an ID token has no scope and is refused', async () => {
    const { scope: _, ...claims } = claimsOf({ nonce: 'n', at_hash: 'h' });
    expect(await outcomeOf(claims)).toBe('claim_missing');
  });

  test('JW-18: the development key of oidc-provider is not accepted', async () => {
    const key = await createKey('keystore-CHANGE-ME');
    expect(await outcome(setUp([key]).validator, await sign(key))).toBe('key_unknown');
  });

  test('a changed payload and a strange signature are refused', async () => {
    const { validator } = setUp([rsa]);
    const [header, , signature] = (await sign(rsa)).split('.');
    const payload = assemble({}, claimsOf({ scope: 'storage.modify:/' })).split('.')[1];
    expect(await outcome(validator, `${header}.${payload}.${signature}`)).toBe('signature_invalid');
    expect(await outcome(validator, await sign(stranger))).toBe('signature_invalid');
  });

  test('keys that are not for signatures are not used', async () => {
    for (const change of [{ use: 'enc' }, { alg: 'RS512' }, { key_ops: ['encrypt'] }, { kty: 'oct', k: 'AAAA' }]) {
      const { validator, network } = setUp([rsa]);
      network.keys = [{ ...rsa.publicJwk, ...change }];
      expect(await outcome(validator, await sign(rsa))).toBe('algorithm_not_accepted');
    }
  });

  test('a key that cannot be read fails the signature, not the process', async () => {
    const { validator, network } = setUp([rsa]);
    network.keys = [{ ...rsa.publicJwk, n: 'AQAB' }];
    expect(await outcome(validator, await sign(rsa))).toBe('signature_invalid');
  });
});

describe('the claims', () => {
  test.each(['https://issuer.example.org', 'https://evil.example/', undefined, [issuerUrl]])(
    'issuer %j is not that one, byte for byte (W-CLM-2)',
    async (iss) => {
      const { validator, network } = setUp([rsa]);
      expect(await outcome(validator, await sign(rsa, claimsOf({ iss })))).toBe('issuer_unknown');
      expect(network.requests).toEqual([]);
    },
  );

  test.each(['sub', 'aud', 'exp', 'iat', 'jti', 'wlcg.ver', 'scope'])(
    'AU-11: a token without %s is refused (W-RS-7)',
    async (name) => {
      expect(await outcomeOf(claimsOf({ [name]: undefined }))).toBe('claim_missing');
    },
  );

  test.each([
    ['sub', ''],
    ['sub', 'é'],
    ['sub', 'a'.repeat(256)],
    ['aud', 5],
    ['aud', []],
    ['aud', [audience, 5]],
    ['jti', 7],
    ['scope', ['storage.read:/data']],
    ['wlcg.ver', 1],
    ['wlcg.ver', '1'],
    ['wlcg.groups', '/vo'],
    ['wlcg.groups', ['/vo', 1]],
    ['client_id', ''],
    ['acr', null],
    ['eduperson_assurance', 'low'],
    ['nbf', '1'],
    ['nbf', 1.5],
    ['iat', '1'],
    ['iat', 1.5],
  ])('AU-11: claim %s as %j is refused', async (name, value) => {
    expect(await outcomeOf(claimsOf({ [name]: value }))).toBe('claim_invalid');
  });

  test.each(['"9999999999"', '1999999999.5', '-1', '1e400', 'null', 'true', '1e16'])(
    'JW-15: exp as %s is refused',
    async (exp) => {
      const text = JSON.stringify(claimsOf()).replace(/"exp":\d+/, `"exp":${exp}`);
      expect(await outcomeOf(text)).toBe('claim_invalid');
    },
  );

  test('no grace is given after exp (W-CLM-5)', async () => {
    const { validator, clock } = setUp([rsa]);
    const token = await sign(rsa);
    clock.seconds = start + 3600 - 0.001;
    expect(await outcome(validator, token)).toBe('accepted');
    clock.seconds = start + 3600;
    expect(await outcome(validator, token)).toBe('token_expired');
  });

  test('nbf may be 60 s ahead or absent (W-RS-7)', async () => {
    expect(await outcomeOf(claimsOf({ nbf: start + 60 }))).toBe('accepted');
    expect(await outcomeOf(claimsOf({ nbf: start + 61 }))).toBe('token_not_yet_valid');
    expect(await outcomeOf(claimsOf({ nbf: undefined }))).toBe('accepted');
  });

  test('dates beyond the calendar make no fault', async () => {
    expect(await outcomeOf(claimsOf({ nbf: 9e15 }))).toBe('token_not_yet_valid');
  });

  test.each([
    ['1.0', 'accepted'],
    ['1.7', 'accepted'],
    ['2.0', 'version_unsupported'],
    ['10.0', 'version_unsupported'],
  ])('version %s is %s: the major number must be known (W-RS-5)', async (version, expected) => {
    expect(await outcomeOf(claimsOf({ 'wlcg.ver': version }))).toBe(expected);
  });

  test.each([
    [audience, 'accepted'],
    [['x', audience], 'accepted'],
    ['https://wlcg.cern.ch/jwt/v1/any', 'accepted'],
    [`${audience}/`, 'audience_mismatch'],
    ['https://SE.example.org', 'audience_mismatch'],
    ['ANY', 'audience_mismatch'],
    [['ANY', 'x'], 'audience_mismatch'],
  ])('audience %j is %s (W-AUD-4)', async (aud, expected) => {
    expect(await outcomeOf(claimsOf({ aud }))).toBe(expected);
  });

  test('unchecked audiences accept all but the wildcard of SciTokens', async () => {
    const { validator } = setUp([rsa], { issuers: [{ issuer: issuerUrl, audiences: 'unchecked' }] });
    expect(await outcome(validator, await sign(rsa, claimsOf({ aud: 'x' })))).toBe('accepted');
    expect(await outcome(validator, await sign(rsa, claimsOf({ aud: 'ANY' })))).toBe('audience_mismatch');
  });

  test.each([
    'storage.read',
    'openid storage.modify',
    'storage.read:foo',
    'storage.read:/a/../b',
    'storage.stage:/a%2',
  ])('scope %j rejects the token (W-SCOPE-4)', async (scope) => {
    expect(await outcomeOf(claimsOf({ scope }))).toBe('scope_malformed');
  });

  test('an empty scope is accepted and allows nothing', async () => {
    expect(await outcomeOf(claimsOf({ scope: '' }))).toBe('accepted');
  });

  test('messages quote values of the token in printable ASCII, cut', async () => {
    const { validator } = setUp([rsa]);
    const long = await validator.validate(await sign(rsa, claimsOf({ iss: `é"\r\n${'x'.repeat(500)}` })));
    expect(long).toEqual({
      ok: false,
      error: { code: 'issuer_unknown', message: `issuer \`????${'x'.repeat(116)}...\` not accepted` },
    });
  });
});

test('several issuers each have their keys, audiences and base paths', async () => {
  const other = 'https://other.example.org/';
  const { validator } = setUp([rsa], {
    issuers: [
      { issuer: issuerUrl, audiences: [audience], basePath: '/vo', jwks: { keys: [rsa.publicJwk] } },
      { issuer: other, audiences: ['b'], basePath: ['/b', '/c'], jwks: { keys: [stranger.publicJwk] } },
    ],
  });
  const result = await validator.validate(await sign(stranger, claimsOf({ iss: other, aud: 'b' })));
  if (!result.ok) throw new Error(result.error.message);
  expect(validator.authorize(result.value, 'read', '/c/data').decision).toBe('allow');
  expect(validator.authorize(result.value, 'read', '/vo/data').decision).toBe('deny');
  expect(await outcome(validator, await sign(rsa, claimsOf({ iss: other, aud: 'b' })))).toBe('signature_invalid');
  expect(await outcome(validator, await sign(rsa, claimsOf({ aud: 'b' })))).toBe('audience_mismatch');
});

test("the machine's clock, the base path `/` and the system's caches are the defaults", async () => {
  const now = Math.floor(Date.now() / 1000);
  const validator = createValidator({
    issuers: [{ issuer: issuerUrl, audiences: [audience], jwks: { keys: [rsa.publicJwk] } }],
  });
  const result = await validator.validate(await sign(rsa, claimsOf({ exp: now + 60 })));
  if (!result.ok) throw new Error(result.error.message);
  expect(validator.authorize(result.value, 'read', '/data').decision).toBe('allow');
  expect(await outcome(validator, await sign(rsa))).toBe('token_expired');
});

test('an issuer that is not there is no fault to the caller', async () => {
  const unreachable = 'http://127.0.0.1:1/';
  const validator = createValidator({ issuers: [{ issuer: unreachable, audiences: [audience] }], jwksCache: false });
  expect(await outcome(validator, await sign(rsa, claimsOf({ iss: unreachable })))).toBe('keys_unavailable');
});

describe('faults of the options are reported together', () => {
  const faultsOf = (options: Parameters<typeof createValidator>[0]) => {
    try {
      createValidator(options);
    } catch (fault) {
      return fault;
    }
    return undefined;
  };

  test('no issuer', () => {
    expect(faultsOf({ issuers: [] })).toMatchObject({
      code: 'config_invalid',
      message: '`issuers` is empty, expected at least one',
    });
  });

  test('insecure issuer, no audience, the wildcard of SciTokens, a bad base path, an issuer twice, bad times', () => {
    const issuers = [
      { issuer: 'http://far.example/', audiences: [] },
      { issuer: issuerUrl, audiences: ['ANY'], basePath: 'vo' },
      { issuer: issuerUrl, audiences: [audience] },
      { issuer: 'no url', audiences: [audience] },
    ];
    expect(faultsOf({ issuers, keyTimes: { refreshSeconds: 9e9 } })).toMatchObject({
      message: [
        `issuer \`${issuerUrl}\` is given twice`,
        'issuer `http://far.example/` is not an https URL',
        '`audiences` of `http://far.example/` is empty, expected at least one',
        `audience \`ANY\` of \`${issuerUrl}\` is not valid in WLCG tokens`,
        `base path \`vo\` of \`${issuerUrl}\` is not an absolute path`,
        'issuer `no url` is not an https URL',
        '`keyTimes` expected 0 < `refreshSeconds` <= `expirySeconds` and `unknownKidSeconds` >= 0',
      ].join('; '),
    });
  });

  test('plain http is accepted on this machine, elsewhere only when said so', () => {
    for (const issuer of ['http://localhost:8080/', 'http://127.0.0.1/', 'http://[::1]:1/']) {
      expect(faultsOf({ issuers: [{ issuer, audiences: [audience] }] })).toBeUndefined();
    }
    const issuers = [{ issuer: 'http://far.example/', audiences: [audience], allowInsecureHttp: true }];
    expect(faultsOf({ issuers })).toBeUndefined();
    expect(faultsOf({ issuers: [{ issuer: 'http://127.0.0.1.evil.example/', audiences: [audience] }] })).toBeDefined();
  });
});
