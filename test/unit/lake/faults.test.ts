import { readFileSync } from 'node:fs';
import { checkLake } from '../../../src/lake/check.ts';
import { formatFaults } from '../../../src/lake/fault.ts';
import { locate, parseLake } from '../../../src/lake/parse.ts';
import { emptyLake, knownAsNothing, type LakeState } from '../../../src/lake/state.ts';

/** The faults of a text as a command prints them. */
function faultsOf(text: string, state: LakeState = emptyLake): string[] {
  const parsed = parseLake(text);
  const faults = parsed.ok ? locate(parsed.value, checkLake(parsed.value, state)) : parsed.error;
  const printed = formatFaults('lake.yaml', faults);
  return printed === '' ? [] : printed.split('\n');
}

const base = `version: 1
vo: escape
groups:
  - { path: /escape, default: true }
  - { path: /escape/cta }
accounts:
  - { username: alice, id: alice-id, groups: [/escape] }
clients:
  - { clientId: portal, clientSecret: s3cret, scopes: [openid] }
`;

describe('faults of a lake file', () => {
  test('the example has none', () => {
    expect(faultsOf(readFileSync('examples/escape.yaml', 'utf8'))).toEqual([]);
  });

  test.each([
    ['version: "1"\nvo: escape\n', 'lake.yaml:1: version: expected `1`, got a text'],
    [
      'version: 1\nvo: &name escape\naccounts:\n  - username: *name\n',
      'lake.yaml:4: an alias (`*name`) is not accepted, expected the value itself',
    ],
    ...['0000-06-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00'].map((instant) => [
      `version: 1\nvo: escape\ngroups: [{ path: /escape }]\ngrants:\n  - { id: g, subject: "group:/escape", actions: [read], path: /a, from: ${instant} }\n`,
      'lake.yaml:5: grants[0].from: expected an instant of the years 1 to 9999 in UTC',
    ]),
  ])('%j is told in words that help', (text, line) => {
    expect(faultsOf(text)).toEqual([line]);
  });

  test('all are told together, in the order of the file, with line and path', () => {
    const text = `version: 1
vo: escape
colour: red
groups:
  - { path: /escape }
  - path: /escape/a/b
clients:
  - clientId: c
    secret: x
    scopes:
      - openid
      - storage.read
grants:
  - { id: g, subject: "user:nobody", actions: [read, fly], path: /a }
`;
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^lake\.yaml:3: colour: unknown field, expected one of `version`, `vo`, /),
      'lake.yaml:6: groups[1].path: parent `/escape/a` is not declared before `/escape/a/b`',
      expect.stringMatching(
        /^lake\.yaml:9: clients\[0\]\.secret: unknown field, expected one of `clientId`, `clientSecret`, /,
      ),
      expect.stringMatching(/^lake\.yaml:12: clients\[0\]\.scopes\[1\]: `storage\.read` is not a storage scope/),
      expect.stringMatching(
        /^lake\.yaml:14: grants\[0\]\.actions\[1\]: expected one of `read`, `create`, .*, got `fly`$/,
      ),
    ]);
  });

  test('JSON gets lines as well', () => {
    const text = JSON.stringify({ version: 1, groups: [{ path: '/escape' }, { path: 'escape' }] }, null, 2);
    expect(faultsOf(text)).toEqual([expect.stringMatching(/^lake\.yaml:8: groups\[1\]\.path: expected a group path/)]);
  });

  test('a large file gets the same lines from the quick reader', () => {
    const accounts = Array.from({ length: 9000 }, (_, n) => `  - username: user${n}\n    groups: [/escape]\n`);
    const faulty = `${base.replace('accounts:\n', `accounts:\n${accounts.join('')}`)}  - { clientId: bad, state: gone }\n`;
    expect(faulty.length).toBeGreaterThan(200_000);
    expect(faultsOf(faulty)).toEqual([
      'lake.yaml:18010: clients[1].state: expected one of `active`, `suspended`, got `gone`',
    ]);
  });

  test('lines ended as on Windows count the same', () => {
    const text = 'version: 1\r\ngroups:\r\n  - { path: x }\r\n';
    expect(faultsOf(text)).toEqual([expect.stringMatching(/^lake\.yaml:3: groups\[0\]\.path: /)]);
  });

  test('broken YAML is told with its line', () => {
    expect(faultsOf('version: 1\ngroups: [\n')).toEqual([expect.stringMatching(/^lake\.yaml:3: /)]);
    expect(faultsOf('version: 1\nversion: 1\n')).toEqual([
      expect.stringMatching(/^lake\.yaml:2: duplicated mapping key/),
    ]);
    expect(faultsOf('')).toEqual(['lake.yaml:1: expected an object with `version` and the parts of the lake']);
  });

  test('aliases that multiply to billions of values end at once', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`,
    );
    expect(faultsOf(`a0: &a0 x\n${levels.join('\n')}\n`)).toEqual([expect.stringMatching(/alias/)]);
  });

  test('names that JavaScript keeps for itself are unknown fields like others', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      const [fault] = faultsOf(`version: 1\ngroups:\n  - { path: /escape, ${name}: { polluted: true } }\n`);
      expect(fault).toContain(`groups[0].${name}: unknown field`);
      expect(faultsOf(`version: 1\n${name}: { polluted: true }\n`)[0]).toContain(`${name}: unknown field`);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('secrets never appear in a fault', () => {
    const text =
      `${base}  - { clientId: p, tokenEndpointAuthMethod: none, clientSecret: hush-hush, jwks: { keys: [{ kty: EC, d: hush-hush }] } }
  - { clientId: q, clientSecret: [hush-hush], clientSecretHash: hush-hush }
accounts:
  - { username: x, password: { a: hush-hush }, passwordHash: hush-hush }
`.replace('accounts:\n  - { username: alice, id: alice-id, groups: [/escape] }\n', '');
    const faults = faultsOf(text);
    expect(faults.length).toBeGreaterThan(4);
    expect(faults.join('\n')).not.toContain('hush-hush');
  });

  const group = (line: string) => base.replace('accounts:', `${line}\naccounts:`);
  const account = (line: string) => base.replace('clients:', `${line}\nclients:`);
  const client = (fields: string) => `${base}  - { clientId: c, ${fields} }\n`;
  const set = (scopes: string) =>
    base.replace('{ path: /escape/cta }', `{ path: /escape/cta, capabilitySet: [${scopes}] }`);
  const more = (lines: string) => `${base}${lines}\n`;

  test.each([
    ['a group twice', group('  - { path: /escape }'), /groups\[2\]\.path: `\/escape` is also in groups\[0\]/],
    [
      'a group both default and optional',
      group('  - { path: /escape/x, default: true, optional: true }'),
      /groups\[2\]\.optional: .* not both/,
    ],
    ['a group outside the community', group('  - { path: /cms }'), /`\/cms` is not at or below `\/escape`/],
    ['a group whose name only begins like the community', group('  - { path: /escape2 }'), /is not at or below/],
    [
      'an acr of two factors of an upstream that is not accepted for them (ADR 0011)',
      more(
        'upstreams:\n  - { name: h, title: H, issuer: "https://h.example", clientId: c, acr: { two: "https://refeds.org/profile/mfa" } }',
      ),
      /upstreams\[0\]\.acr\.two: .*needs `secondFactor: accepted`/,
    ],
    ['a bad group name', group('  - { path: /escape/-x }'), /expected a group path/],
    [
      'a username twice',
      account('  - { username: alice }'),
      /accounts\[1\]\.username: `alice` is also in accounts\[0\]/,
    ],
    ['an id twice', account('  - { username: bob, id: alice-id }'), /accounts\[1\]\.id: .* also in accounts\[0\]/],
    [
      'an id that is a client’s',
      account('  - { username: bob, id: portal }'),
      /accounts\[1\]\.id: `portal` is the id of a client/,
    ],
    [
      'a membership of an unknown group',
      account('  - { username: bob, groups: [/escape/nope] }'),
      /accounts\[1\]\.groups\[0\]: group `\/escape\/nope` not known/,
    ],
    [
      'a membership twice',
      account('  - { username: bob, groups: [/escape, { path: /escape }] }'),
      /accounts\[1\]\.groups\[1\]: .*twice/,
    ],
    [
      'a membership that ends before it begins',
      account(
        '  - { username: bob, groups: [{ path: /escape, from: 2027-01-01T00:00:00Z, until: 2026-01-01T00:00:00Z }] }',
      ),
      /accounts\[1\]\.groups\[0\]\.until: ends before/,
    ],
    [
      'a date without a zone',
      account('  - { username: bob, endsAt: 2027-01-01T00:00:00 }'),
      /endsAt: expected an instant with its zone/,
    ],
    [
      'a day that is none',
      account('  - { username: bob, endsAt: 2027-02-30T00:00:00Z }'),
      /endsAt: expected an instant/,
    ],
    ['an unknown managed group', account('  - { username: bob, manages: [/escape/nope] }'), /manages\[0\]: group/],
    [
      'an unknown role',
      account('  - { username: bob, roles: [root] }'),
      /roles\[0\]: expected `admin`, `reader`, `embargo-manager`, or/,
    ],
    [
      'a password hash that is none',
      account('  - { username: bob, passwordHash: abc }'),
      /passwordHash: expected an argon2id hash/,
    ],
    ['a username with a blank', account('  - { username: "bob b" }'), /username: expected a username without blanks/],
    ['a client twice', more('  - { clientId: portal }'), /clients\[1\]\.clientId: `portal` is also in clients\[0\]/],
    ['a client id with a blank', more('  - { clientId: "a b" }'), /clientId: expected a client id of visible ASCII/],
    [
      'a storage scope without a path',
      client('scopes: ["storage.read:"]'),
      /scopes\[0\]: `storage\.read:` is not a storage scope/,
    ],
    ['a storage scope with dots', client('scopes: ["storage.read:/a/../b"]'), /scopes\[0\]/],
    [
      'a storage scope that a verifier would read as an expression',
      client('scopes: ["storage.read:/a|/b"]'),
      /scopes\[0\]/,
    ],
    [
      'an unprefixed storage scope (W-SEC-3)',
      client('scopes: ["read:/a"]'),
      /`read:\/a` opens storages without saying so/,
    ],
    [
      'entitlements without a namespace (A-ENT-1)',
      client('tokenProfile: aarc'),
      /clients\[1\]\.tokenProfile: the token profile `aarc` needs `entitlements\.namespace`/,
    ],
    [
      'a namespace that is no URN',
      more('entitlements: { namespace: "https://example.org" }'),
      /entitlements\.namespace: expected a URN in lower case/,
    ],
    ['an unknown storage action', client('scopes: ["storage.write:/a"]'), /expected one of read, create/],
    ['a bad group scope', client('scopes: ["wlcg.groups:x"]'), /is not a group scope/],
    [
      'a bad capability set of a client',
      client('scopes: ["wlcg.capabilityset:x"]'),
      /`wlcg\.capabilityset:x` is not a group scope, expected `wlcg\.capabilityset` or `wlcg\.capabilityset:\/vo\/name`/,
    ],
    [
      'a capability set without a path',
      set('"storage.read"'),
      /capabilitySet\[0\]: `storage\.read` is not a storage scope/,
    ],
    ['an empty capability set', set(''), /capabilitySet: expected 1 to 50 scopes/],
    ['a capability set with a scope twice', set('"storage.read:/a", "storage.read:/a"'), /expected each scope once/],
    ['a capability set of groups', set('wlcg.groups'), /`wlcg\.groups` is not a capability, expected a storage scope/],
    ['a capability set in another', set('"wlcg.capabilityset:/escape"'), /is not a capability/],
    ['a capability set that says who somebody is', set('openid'), /`openid` is not a capability/],
    ['a capability set that keeps access', set('offline_access'), /`offline_access` is not a capability/],
    ['a relative redirect', client('redirectUris: [/cb]'), /redirectUris\[0\]: `\/cb` is not an absolute URI/],
    ['a redirect with a fragment', client('redirectUris: ["https://a.example/#x"]'), /has a fragment/],
    [
      'a redirect that is a script',
      client('redirectUris: ["javascript:alert(1)"]'),
      /scheme `javascript:` is not accepted/,
    ],
    [
      'a public client with a secret',
      client('tokenEndpointAuthMethod: none, clientSecret: x'),
      /clientSecret: a public client/,
    ],
    [
      'a public client that acts for itself',
      client('tokenEndpointAuthMethod: none, grantTypes: [client_credentials]'),
      /grantTypes: `client_credentials` needs/,
    ],
    [
      'a native application with a foreign redirect in clear',
      client('applicationType: native, redirectUris: ["http://localhost/cb", "http://rp.example/cb"]'),
      /redirectUris\[1\]: a native application returns by `http` to the machine itself/,
    ],
    ['keys by plain http from elsewhere', client('jwksUri: "http://rp.example/jwks"'), /expected an `https` address/],
    ['private_key_jwt without keys', client('tokenEndpointAuthMethod: private_key_jwt'), /needs `jwks` or `jwksUri`/],
    [
      'a private key',
      client('jwks: { keys: [{ kty: RSA, n: a, e: b, d: c }] }'),
      /jwks\.keys\[0\]: holds the secret member `d`/,
    ],
    ['a flow that does not exist here', client('grantTypes: [password]'), /grantTypes\[0\]: expected one of/],
    [
      'a lifetime outside the profile without a reason',
      client('accessTokenLifetimeSeconds: 600'),
      /600 is not from 900 to 21600/,
    ],
    [
      'a default audience that it may not ask for',
      client('audiences: [a], defaultAudience: b'),
      /defaultAudience: `b` is not among/,
    ],
    ['an unknown owner', client('owners: [zoe]'), /owners\[0\]: account `zoe` not known/],
    [
      'an audience of two storages',
      more('storages:\n  - { name: A, audience: x, aliases: [y] }\n  - { name: B, audience: y }'),
      /storages\[1\]\.audience: audience `y` is also that of storages\[0\]\.aliases\[0\]/,
    ],
    [
      'mounts within one another',
      more('storages:\n  - { name: A, audience: x, mounts: [{ path: /a, at: / }, { path: /a/b, at: /b }] }'),
      /storages\[0\]\.mounts\[1\]\.path/,
    ],
    [
      'a service with mounts',
      more('storages:\n  - { name: A, audience: x, kind: service, mounts: [{ path: /a, at: / }] }'),
      /storages\[0\]\.mounts: a service/,
    ],
    ['a path outside the grammar', more('namespace: ["/a b"]'), /namespace\[0\]: path `\/a b` not accepted/],
    [
      'a grant of an embargo that is not there',
      more('grants: [{ id: g, subject: "user:alice", actions: [read], path: /a, embargo: e }]'),
      /grants\[0\]\.embargo: embargo `e` not known/,
    ],
    [
      'a grant to an unknown user',
      more('grants:\n  - { id: g, subject: "user:zoe", actions: [read], path: / }'),
      /grants\[0\]\.subject: account `zoe` not known/,
    ],
    [
      'a subject of no kind',
      more('grants:\n  - { id: g, subject: zoe, actions: [read], path: / }'),
      /grants\[0\]\.subject: expected `user:/,
    ],
    [
      'a grant that ends before it begins',
      more(
        'grants:\n  - { id: g, subject: "user:alice", actions: [read], path: /, from: 2027-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z }',
      ),
      /grants\[0\]\.until: ends before/,
    ],
    [
      'paths that a verifier confuses',
      more(
        'grants:\n  - { id: g, subject: "user:alice", actions: [read], path: /a.b }\n  - { id: h, subject: "user:alice", actions: [read], path: /axb }',
      ),
      /would be confused with/,
    ],
    ['an embargo without an end', more('embargoes:\n  - { id: e, path: /a }'), /embargoes\[0\]: has no end/],
    [
      'an exempt path elsewhere',
      more('embargoes:\n  - { id: e, path: /a, exempt: [/b], until: 2027-01-01T00:00:00Z }'),
      /embargoes\[0\]\.exempt\[0\]/,
    ],
    [
      'an unknown party',
      more(
        'embargoes:\n  - { id: e, path: /a, until: 2027-01-01T00:00:00Z, parties: [{ subject: "client:zoe", actions: [read] }] }',
      ),
      /embargoes\[0\]\.parties\[0\]\.subject: client `zoe` not known/,
    ],
    [
      'an embargo whose tokens are too short to use',
      more('embargoes:\n  - { id: e, path: /a, until: 2027-01-01T00:00:00Z, maxTokenLifetimeSeconds: 60 }'),
      /embargoes\[0\]\.maxTokenLifetimeSeconds/,
    ],
  ])('%s', (_, text, expected) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(expected)]);
  });

  test.each([
    ['a short life for one audience', 'audienceLifetimes: [{ audience: a, accessTokenLifetimeSeconds: 300 }]', /900/],
    [
      'a life for an audience that the client may not ask for',
      'audiences: [b], audienceLifetimes: [{ audience: a, accessTokenLifetimeSeconds: 900 }]',
      /`a` is not among/,
    ],
    [
      'two lives for one audience',
      'audienceLifetimes: [{ audience: a, accessTokenLifetimeSeconds: 900 }, { audience: a, accessTokenLifetimeSeconds: 901 }]',
      /named twice/,
    ],
    ['a certificate beside a secret', 'tokenEndpointAuthMethod: self_signed_tls_client_auth', /without a secret/],
  ])('refused: %s', (_, fields, expected) => {
    const [fault, ...more_] = faultsOf(more(`  - { clientId: c, clientSecret: x, ${fields} }`));
    expect([fault, more_]).toEqual([expect.stringMatching(expected), []]);
  });

  test('refused: a client that names its certificate in two ways, or in none', () => {
    for (const fields of ['', ', tlsClientAuthSanDns: a, tlsClientAuthSubjectDn: CN=a']) {
      const text = `  - { clientId: c, tokenEndpointAuthMethod: tls_client_auth${fields} }`;
      expect(faultsOf(more(text))).toEqual([expect.stringMatching(/needs one of/)]);
    }
  });

  test.each([
    [
      'a client id of the form that the profile recommends (W-HOST-2)',
      '  - { clientId: "host:se.example.org", clientSecret: x }',
    ],
    [
      'a redirect to an application’s own scheme',
      '  - { clientId: c, tokenEndpointAuthMethod: none, redirectUris: ["edu.kit.data.oidc-agent:/redirect"] }',
    ],
    [
      'a lifetime outside the profile with a reason (W-LIFE-1)',
      '  - { clientId: c, clientSecret: x, accessTokenLifetimeSeconds: 600, lifetimeJustification: narrow scopes }',
    ],
    [
      'a lifetime for one audience outside the profile with a reason (W-LIFE-1)',
      '  - { clientId: c, clientSecret: x, lifetimeJustification: y, audienceLifetimes: [{ audience: a, accessTokenLifetimeSeconds: 300 }] }',
    ],
    [
      'a certificate instead of a secret (RFC 8705)',
      '  - { clientId: c, tokenEndpointAuthMethod: tls_client_auth, tlsClientAuthSanDns: c.example.org }',
    ],
    [
      'an acr of two factors of an upstream that is accepted for them',
      'upstreams:\n  - { name: h, title: H, issuer: "https://h.example", clientId: c, secondFactor: accepted, acr: { two: "https://refeds.org/profile/mfa" } }',
    ],
    ['paths with repeated and trailing slashes', 'namespace: [//cta//open/]'],
    [
      'a comma in a text without quotes',
      'embargoes:\n  - { id: e, title: Proposal 17, its team, path: /a, until: 2027-01-01T00:00:00Z }',
    ],
  ])('accepted: %s', (_, lines) => {
    expect(faultsOf(more(lines))).toEqual([]);
  });

  test('what the database holds already may be referred to', () => {
    const state: LakeState = {
      ...emptyLake,
      settings: {
        vo: 'escape',
        policy: null,
        registration: null,
        entitlements: null,
        secondFactor: null,
        enrolment: null,
        acceptableUse: null,
        lifeCycle: null,
        upstreams: null,
      },
      groups: [
        {
          record: { id: null, path: '/escape', description: null, isDefault: true, capabilitySet: null, labels: {} },
          declared: false,
          position: 0,
        },
      ],
    };
    const text = 'version: 1\ngroups:\n  - { path: /escape/x }\naccounts:\n  - { username: bob, groups: [/escape] }\n';
    expect(faultsOf(text, state)).toEqual([]);
    expect(faultsOf(text)).toHaveLength(2);
  });

  test('an audience or path that clashes with one of the database is told at the file’s object', () => {
    const state: LakeState = {
      ...emptyLake,
      storages: [
        {
          record: { name: 'OLD', audience: 'x', aliases: [], kind: 'storage', matching: 'string', mounts: [] },
          declared: true,
          position: 0,
        },
      ],
    };
    expect(faultsOf('version: 1\nstorages:\n  - { name: NEW, audience: x }\n', state)).toEqual([
      expect.stringMatching(/^lake\.yaml:3: storages\[0\]\.audience: .*audience of `OLD` of the database\b/),
    ]);
  });

  test('the id of an account of the database cannot change (W-CLM-1)', () => {
    const record = {
      id: 'old',
      username: 'bob',
      name: null,
      email: null,
      kind: 'person',
      givenName: null,
      familyName: null,
      affiliation: null,
      emailVerifiedAt: null,
      labels: {},
      roles: [],
      embargoPaths: null,
      state: 'active',
      endsAt: null,
    } as const;
    const stored = {
      record,
      declared: true,
      position: 0,
      passwordHash: null,
      memberships: [],
      manages: [],
      knownAs: knownAsNothing,
    };
    const state: LakeState = { ...emptyLake, accounts: [stored] };
    expect(faultsOf('version: 1\naccounts:\n  - { username: bob, id: new }\n', state)).toEqual([
      'lake.yaml:3: accounts[0].id: account `bob` has the id `old`, which cannot change',
    ]);
    expect(faultsOf('version: 1\naccounts:\n  - { username: robert, id: old }\n', state)).toEqual([]);
  });
});
