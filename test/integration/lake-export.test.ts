import { readFileSync } from 'node:fs';
import { load as parse } from 'js-yaml';
import { applyLake } from '../../src/lake/apply.ts';
import { exportLake } from '../../src/lake/export.ts';
import { lakeToFacts } from '../../src/lake/facts.ts';
import { parseLake } from '../../src/lake/parse.ts';
import { writeYaml } from '../../src/lake/yaml-text.ts';
import { loadAccounts, loadLakeFacts } from '../../src/storage/lake-facts.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const example = readFileSync('examples/escape.yaml', 'utf8');

/** What the example lacks: every other field, and texts that YAML would take for something else. */
const unusual = `version: 1
vo: escape
policy: { guardSeconds: 60 }
secondFactor: { everybody: false, roles: [admin, group-manager], clients: ["host:se.example.org"], scopes: ["storage.modify:/"] }
groups:
  - { path: /escape, description: "yes", capabilitySet: ["storage.read:/a", compute.create] }
  - { path: /escape/x, description: "a: b # c, 'd' \\"e\\" é", default: true }
accounts:
  - username: "null"
    name: "- 1e3"
    roles: [reader, admin]
    state: suspended
    endsAt: 2030-01-01T00:00:00.500+01:00
    groups: [{ path: /escape, from: 2026-01-01T00:00:00Z }, /escape/x]
    manages: [/escape/x]
clients:
  - clientId: "host:se.example.org"
    tokenEndpointAuthMethod: private_key_jwt
    jwksUri: https://se.example.org/keys
    grantTypes: [client_credentials]
    scopes: ["host.auth", "storage.read:/a=b,c@d~e", wlcg.capabilityset, "wlcg.capabilityset:/escape"]
    accessTokenLifetimeSeconds: 600
    lifetimeJustification: "short: 10 min"
    refreshTokenRotateBelow: 0.5
    refreshTokenLifetimeSeconds: 86400
    idTokenSignedResponseAlg: ES256
    groups: [{ path: /escape, until: 2030-01-01T00:00:00Z }]
    owners: ["null"]
    state: suspended
storages:
  - { name: A, audience: "https://a.example.org", aliases: [a, "1"], matching: segment, mounts: [{ path: //x/, at: / }] }
  - { name: S, audience: s, kind: service }
namespace: [/z, /a]
grants:
  - { id: "1", subject: "user:null", actions: [poll, read], path: /, audiences: [a], from: 2026-01-01T00:00:00Z }
embargoes:
  - id: open-ended
    basis: proposal 1
    path: /z
    actions: [read]
    hardLimit: 2030-01-01T00:00:00Z
    limits: { maxUntil: 2029-01-01T00:00:00Z, whoMayExtend: [pi, "user:null"], whoMayRelease: [embargo-manager] }
    parties: [{ subject: "client:host:se.example.org", role: mover, actions: [read], from: 2026-02-01T00:00:00Z, maxTokenLifetimeSeconds: 900 }]
    state: draft
exchangeRules:
  - { id: "no", effect: deny, origin: any, target: { scope: "storage.read:/a" }, description: "- 1" }
  - id: all
    origin: { client: "host:se.example.org" }
    target: any
    audiences: ["1"]
    scopes: [openid]
    originScopes: true
    only: [openid]
    withheld: ["storage.read:/z"]
    from: 2026-01-01T00:00:00Z
    until: 2027-01-01T00:00:00Z
`;

let database: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  [database, other] = [await createTestDatabase(), await createTestDatabase()];
});
afterAll(async () => {
  await database.drop();
  await other.drop();
});

async function exported(from: TestDatabase) {
  return exportLake(await createLakeStore(from.db).read());
}

describe.each([
  ['the example', example],
  ['a lake with every field', unusual],
])('exporting %s', (_, text) => {
  let file: ReturnType<typeof exportLake>;
  beforeAll(async () => {
    await applyLake(createLakeStore(database.db), text, 'lake.yaml');
    file = await exported(database);
  });

  test('YAML and JSON say the same, whoever reads them', () => {
    expect(parse(writeYaml(file))).toEqual(JSON.parse(JSON.stringify(file)));
  });

  test('applying the export to the same database changes nothing, with --prune too', async () => {
    for (const form of [writeYaml(file), JSON.stringify(file)]) {
      const { changes, notices } = await applyLake(createLakeStore(database.db), form, 'export', { prune: true });
      expect({ changes, notices }).toEqual({ changes: [], notices: [] });
    }
  });

  test('applying it to an empty database makes the same lake', async () => {
    await applyLake(createLakeStore(other.db), writeYaml(file), 'export', { prune: true });
    expect(writeYaml(await exported(other))).toBe(writeYaml(file));
  });

  test('it holds hashes and no secret', () => {
    expect(writeYaml(file)).not.toMatch(/demo-(secret|password)/);
  });
});

test('the facts of a file are those of a database to which it was applied', async () => {
  const fresh = await createTestDatabase();
  try {
    await applyLake(createLakeStore(fresh.db), example, 'lake.yaml');
    const parsed = parseLake(example);
    if (!parsed.ok) throw new Error('the example is not a lake file');
    const view = lakeToFacts(parsed.value);
    const loaded = await loadLakeFacts(fresh.db);
    expect({ ...loaded.policy, version: 0 }).toEqual(view.policy);
    expect(loaded.clients).toEqual(new Map([...view.clients].sort(([one], [next]) => (one < next ? -1 : 1))));
    const found = await loadAccounts(fresh.db, ['alice', 'bob', 'dana', 'admin', 'nobody', 'nu\0l']);
    // What people agreed to is in the database alone; a file has nobody's signature.
    const bound = [...view.accounts].map(([name, account]) => [name, { ...account, agreedUntil: null }] as const);
    expect(found).toEqual(new Map(bound));
  } finally {
    await fresh.drop();
  }
});
