/** The configuration of services that are clients, and the warnings where the registration does not fit. */
import { execFileSync } from 'node:child_process';
import { contextOf, handoverOf, issuer, partOf, readIni } from '../../support/handover.ts';

const placeholder = 'PUT-THE-CLIENT-SECRET-HERE';
/** A client that has nothing. */
const bare = contextOf(`version: 1
clients:
  - { clientId: bare, tokenEndpointAuthMethod: none }
  - { clientId: "odd:one", clientSecret: s }
`);

describe('Rucio', () => {
  const made = handoverOf('rucio', 'rucio');

  test('gets issuer, client and redirect URIs, and no secret', () => {
    expect(JSON.parse(partOf(made, 'idpsecrets.json'))).toEqual({
      escape: {
        issuer,
        client_id: 'rucio',
        client_secret: placeholder,
        redirect_uris: ['https://rucio.example.org/auth/oidc_code', 'https://rucio.example.org/auth/oidc_token'],
        SCIM: { client_id: 'rucio', client_secret: placeholder },
      },
    });
  });

  test('expects tokens for itself, and keeps them no longer than they live', () => {
    expect(readIni(partOf(made, 'rucio.cfg')).oidc).toMatchObject({
      expected_audience: 'rucio',
      expected_scope: 'openid profile',
      admin_issuer: 'escape',
      token_min_lifetime: '300',
      token_max_lifetime: '14400',
    });
    expect(readIni(partOf(made, 'rucio-client.cfg')).client).toMatchObject({
      auth_type: 'oidc',
      oidc_issuer: 'escape',
    });
  });

  test('switches tokens on for each storage, with the base path where there is one', () => {
    expect(partOf(made, 'rse-attributes.sh').match(/--key oidc_support --value True$/gm)).toHaveLength(11);
    expect(partOf(made, 'rse-attributes.sh')).not.toMatch(/--key oidc_base_path/);
    const based = handoverOf('rucio', 'rucio', contextOf(undefined, { basePath: '/escape' }));
    expect(partOf(based, 'rse-attributes.sh')).toContain('--rse DESY-DCACHE --key oidc_base_path --value /escape\n');
  });

  test('is warned of storages without their host name, for which it could ask for no token', () => {
    expect(made.warnings).toEqual([
      'Rucio asks for `LOCAL-XROOTD` with its host name: write `aliases: [localhost]` for it',
    ]);
  });

  test('is warned of everything that its client lacks, with the line for the lake file', () => {
    expect(handoverOf('rucio', 'bare', bare).warnings).toEqual([
      expect.stringMatching(/`tokenEndpointAuthMethod: client_secret_basic`$/),
      expect.stringMatching(
        /`grantTypes: \[authorization_code, refresh_token, client_credentials, "urn:ietf:params:oauth:grant-type:token-exchange"\]`$/,
      ),
      expect.stringMatching(/`redirectUris: \["https:\/\/HOST\/auth\/oidc_code"\]`$/),
      expect.stringMatching(/`redirectUris: \["https:\/\/HOST\/auth\/oidc_token"\]`$/),
      expect.stringMatching(/`scopes: \[openid, profile, offline_access, "storage.read:\/", "storage.modify:\/"\]`$/),
      expect.stringMatching(/`policyMode: strict`$/),
      expect.stringMatching(/`privileged: true`$/),
      expect.stringMatching(/`- { name: RUCIO, audience: rucio, kind: service }`/),
    ]);
  });
});

describe('FTS', () => {
  const made = handoverOf('fts', 'fts');

  test('gets a provider that needs the scope of submissions', () => {
    const provider = JSON.parse(partOf(made, 'token-provider.json'));
    expect(provider).toMatchObject({
      issuer,
      client_id: 'fts',
      client_secret: placeholder,
      required_submission_scope: 'fts',
    });
    expect(partOf(made, 'token-provider.sql')).toContain(
      `VALUES ('escape', '${issuer}', 'fts', '${placeholder}', 'fts', 'escape')\n`,
    );
    expect(made.warnings).toEqual([]);
  });

  test('is warned where it would get no refresh token, or one that is used up', () => {
    const { warnings } = handoverOf('fts', 'odd:one', bare);
    expect(warnings.join('\n')).toMatch(/`exchangeOffline: true`/);
    expect(warnings.join('\n')).toMatch(/`refreshTokens: multi-use`/);
    expect(warnings.join('\n')).toMatch(/FTS does not encode the id/);
    expect(warnings.join('\n')).toMatch(/no client has the scope `fts`/);
  });
});

describe('JupyterHub', () => {
  const config = partOf(handoverOf('jupyterhub', 'jupyter'), 'jupyterhub_config.py');

  test('lets members in, encrypts what it keeps, and asks again', () => {
    const lines = config.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'c.Authenticator.enable_auth_state = True',
        'c.Authenticator.refresh_pre_spawn = True',
        'c.GenericOAuthenticator.allowed_groups = {"/escape"}',
        `c.GenericOAuthenticator.token_url = "${issuer}token"`,
        'c.GenericOAuthenticator.extra_authorize_params = {"audience": "rucio"}',
        'c.GenericOAuthenticator.client_secret = os.environ["OAUTH_CLIENT_SECRET"]',
      ]),
    );
    expect(config).not.toMatch(/allow_all/);
  });

  test('is warned of a client without a callback', () => {
    expect(handoverOf('jupyterhub', 'rucio').warnings).toContainEqual(expect.stringMatching(/\/hub\/oauth_callback/));
  });
});

describe('oidc-agent', () => {
  const made = handoverOf('oidc-agent', 'cli');

  test('gets the preregistered client in the forms of versions 4 and 5', () => {
    expect(partOf(made, 'pubclients.config')).toMatch(
      /^cli@https:\/\/issuer\.example\.org\/@openid profile .*storage\.modify:\/$/m,
    );
    expect(JSON.parse(partOf(made, 'issuer.json'))).toMatchObject({ issuer, pubclient: { client_id: 'cli' } });
    expect(made.warnings).toEqual([]);
  });

  test('is told to register with a token where users may', () => {
    expect(partOf(made, 'oidc-agent.sh')).toMatch(/oidc-gen --issuer=\S+ --at="\$token" --flow=device/);
    const open = handoverOf('oidc-agent', 'cli', contextOf(undefined, { registration: 'anyone' }));
    expect(partOf(open, 'oidc-agent.sh')).toMatch(/oidc-gen --issuer=\S+ --flow=device \\\n +--scope='openid profile/);
  });

  test('is told that nobody may register where that is so', () => {
    const closed = handoverOf('oidc-agent', 'cli', contextOf(undefined, { registration: 'nobody' }));
    expect(partOf(closed, 'oidc-agent.sh')).not.toMatch(/with_client_of_my_own/);
    expect(closed.warnings).toEqual([expect.stringMatching(/`registration: { allow: users }`$/)]);
  });

  test('is warned of a client with a secret', () => {
    expect(handoverOf('oidc-agent', 'portal').warnings[0]).toMatch(/`tokenEndpointAuthMethod: none`$/);
  });
});

describe('Apache', () => {
  test('as relying party gets endpoints, client and PKCE', () => {
    const text = partOf(handoverOf('apache', 'portal'), 'sluice.conf');
    expect(text).toContain(`\nOIDCProviderMetadataURL "${issuer}.well-known/openid-configuration"\n`);
    expect(text).toContain('\nOIDCRedirectURI "http://localhost:9000/callback"\n');
    expect(text).toContain(`\nOIDCClientSecret "${placeholder}"\n`);
    expect(text).toContain('\nOIDCPKCEMethod S256\n');
  });

  test('as resource server demands issuer and audience, which it would not look at', () => {
    const text = partOf(handoverOf('apache', 'RUCIO'), 'sluice.conf');
    expect(text).toMatch(
      /<RequireAll>\n +Require claim "iss:https:\/\/issuer\.example\.org\/"\n +<RequireAny>\n +Require claim "aud:rucio"\n/,
    );
    expect(text).toContain(`\nOIDCOAuthVerifyJwksUri "${issuer}jwk"\n`);
  });

  test('is warned that it compares no paths', () => {
    expect(handoverOf('apache', 'DESY-DCACHE').warnings).toEqual([expect.stringMatching(/^Apache compares no paths/)]);
    expect(handoverOf('apache', 'RUCIO').warnings).toEqual([]);
  });
});

describe('HTCondor', () => {
  const pool = contextOf(`version: 1
groups: [{ path: /escape, default: true }]
clients:
  - { clientId: pilot.factory, clientSecret: s, grantTypes: [client_credentials], scopes: [compute.create] }
  - { clientId: other, clientSecret: s, grantTypes: [client_credentials], scopes: [openid] }
storages: [{ name: CE, audience: "ce.example.org:9619", aliases: [ce.example.org], kind: service }]
`);

  test('takes tokens for its own audience only', () => {
    expect(readIni(partOf(handoverOf('htcondor', 'CE', pool), '99-sluice.conf'))['']).toMatchObject({
      SCITOKENS_SERVER_AUDIENCE: 'ce.example.org:9619, ce.example.org',
    });
  });

  test('maps issuer and subject as a whole, for clients with compute scopes', () => {
    const lines = partOf(handoverOf('htcondor', 'CE', pool), '50-sluice.conf').split('\n');
    const mapped = lines.filter((line) => line.startsWith('SCITOKENS'));
    expect(mapped).toHaveLength(1);
    const [, expression = '', user] = /^SCITOKENS \/(.*)\/ (\S+)$/.exec(mapped[0] ?? '') ?? [];
    expect(user).toBe('pilot_factory@users.htcondor.org');
    expect(new RegExp(expression).test(`${issuer},pilot.factory`)).toBe(true);
    expect(new RegExp(expression).test(`${issuer},pilot-factory`)).toBe(false);
    expect(new RegExp(expression).test(`${issuer},pilot.factory2`)).toBe(false);
  });

  test('as a client gets the endpoints, and a warning without a redirect URI', () => {
    const made = handoverOf('htcondor', 'portal');
    expect(readIni(partOf(made, '60-sluice-credmon.conf'))['']).toMatchObject({
      ESCAPE_CLIENT_ID: 'portal',
      ESCAPE_TOKEN_URL: `${issuer}token`,
    });
    expect(made.warnings).toEqual([expect.stringMatching(/\/return\/escape/)]);
  });
});

test.each([
  ['rucio', 'rucio', 'rse-attributes.sh'],
  ['oidc-agent', 'cli', 'oidc-agent.sh'],
  ['eos', 'EULAKE-1', 'eos-vid.sh'],
])('the commands for %s are a shell script', (service, subject, name) => {
  expect(() => execFileSync('bash', ['-n'], { input: partOf(handoverOf(service, subject), name) })).not.toThrow();
});
