/** How keys are fetched, kept and replaced: memory, disk and network (wlcg-tokens.md section 6, J-1 to J-3). */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ValidatorOptions } from '../../../src/validate/index.ts';
import {
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

const hour = 3600;
const day = 86_400;

let first: SigningKey;
let second: SigningKey;
let longLived: string;
let directory: string;

const lasting = claimsOf({ exp: start + 30 * day });

beforeAll(async () => {
  first = await createKey('first');
  second = await createKey('second', 'ES256');
  longLived = await sign(first, lasting);
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-jwks-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const restart = (keys: readonly SigningKey[], more: Partial<ValidatorOptions> = {}) =>
  setUp(keys, { jwksCache: { file: join(directory, 'cache.json') }, ...more });

const entryOf = (key: SigningKey, expiration: number, issuer = issuerUrl) =>
  JSON.stringify({ [issuer]: { expiration, jwks: { keys: [key.publicJwk] }, next_update: 1 } });

describe('in memory', () => {
  test('one fetch serves many tokens, also at the same time (W-RS-8)', async () => {
    const { validator, network } = setUp([first]);
    const outcomes = await Promise.all([1, 2, 3].map(() => outcome(validator, longLived)));
    expect([...outcomes, await outcome(validator, longLived)]).toEqual(Array(4).fill('accepted'));
    expect(network.requests).toEqual([`${issuerUrl}.well-known/openid-configuration`, `${issuerUrl}jwk`]);
  });

  test('keys are fetched again after 6 h, and a withdrawn key is then refused', async () => {
    const { validator, network, clock } = setUp([first]);
    await outcome(validator, longLived);
    clock.seconds += 6 * hour - 1;
    await outcome(validator, longLived);
    expect(network.fetches).toBe(1);
    network.keys = [second.publicJwk];
    clock.seconds += 1;
    expect(await outcome(validator, longLived)).toBe('key_unknown');
    expect(network.fetches).toBe(2);
  });

  test('keys are used with the network cut for 2 days, and not longer', async () => {
    const { validator, network, clock, faults } = setUp([first]);
    await outcome(validator, longLived);
    network.down = true;
    clock.seconds += 2 * day - 1;
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(faults).toHaveLength(1);
    clock.seconds += 1;
    expect(await outcome(validator, longLived)).toBe('keys_unavailable');
    network.down = false;
    clock.seconds += 300;
    expect(await outcome(validator, longLived)).toBe('accepted');
  });

  test('a failed refresh is tried again after 5 min, not with each token', async () => {
    const { validator, network, clock } = setUp([first]);
    await outcome(validator, longLived);
    network.down = true;
    clock.seconds += 7 * hour;
    await outcome(validator, longLived);
    await outcome(validator, longLived);
    expect(network.requests).toHaveLength(3);
    clock.seconds += 300;
    await outcome(validator, longLived);
    expect(network.requests).toHaveLength(4);
  });

  test('JW-07: an unknown kid makes one fetch in 5 min, and a rotated key is found by it', async () => {
    const { validator, network, clock } = setUp([first]);
    const rotated = await sign(second, lasting);
    await outcome(validator, longLived);
    expect(await outcome(validator, rotated)).toBe('key_unknown');
    expect(await outcome(validator, rotated)).toBe('key_unknown');
    expect(network.fetches).toBe(2);
    network.keys.push(second.publicJwk);
    clock.seconds += 299;
    expect(await outcome(validator, rotated)).toBe('key_unknown');
    clock.seconds += 1;
    const both = await Promise.all([outcome(validator, rotated), outcome(validator, rotated)]);
    expect(both).toEqual(['accepted', 'accepted']);
    expect(network.fetches).toBe(3);
  });

  test('an unknown kid in the first token makes no second fetch', async () => {
    const { validator, network } = setUp([first]);
    expect(await outcome(validator, await sign(second))).toBe('key_unknown');
    expect(network.fetches).toBe(1);
  });

  test('fixed keys need no network', async () => {
    const issuers = [{ issuer: issuerUrl, audiences: [audience], jwks: { keys: [first.publicJwk] } }];
    const { validator, network } = setUp([], { issuers });
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(await outcome(validator, await sign(second))).toBe('key_unknown');
    expect(network.requests).toEqual([]);
  });
});

describe('an issuer that does not answer as it should', () => {
  test.each([
    ['another issuer in the metadata', { issuer: 'https://issuer.example.org', jwks_uri: `${issuerUrl}jwk` }],
    ['no address of keys', { issuer: issuerUrl }],
    ['an insecure address of keys', { issuer: issuerUrl, jwks_uri: 'http://far.example/jwk' }],
    ['keys that are no key set', { issuer: issuerUrl, jwks_uri: `${issuerUrl}.well-known/openid-configuration` }],
  ])('%s gives no keys', async (_, metadata) => {
    const { validator, network, faults } = setUp([first]);
    network.metadata = metadata;
    expect(await outcome(validator, longLived)).toBe('keys_unavailable');
    expect(faults).toMatchObject([{ code: 'issuer_unavailable' }]);
  });

  test('an error status gives no keys, and the next attempt is after a pause', async () => {
    const { validator, network, clock } = setUp([first]);
    network.status = 500;
    expect(await outcome(validator, longLived)).toBe('keys_unavailable');
    network.status = 200;
    expect(await outcome(validator, longLived)).toBe('keys_unavailable');
    clock.seconds += 5;
    expect(await outcome(validator, longLived)).toBe('accepted');
  });
});

describe('on disk', () => {
  test('a second start needs no network while the keys are valid', async () => {
    const before = restart([first]);
    await outcome(before.validator, longLived);
    const after = restart([first]);
    after.network.down = true;
    after.clock.seconds += 2 * day - 1;
    expect(await outcome(after.validator, longLived)).toBe('accepted');
  });

  test('a second start fetches only when the refresh is due', async () => {
    await outcome(restart([first]).validator, longLived);
    const after = restart([first]);
    after.clock.seconds += 6 * hour - 1;
    await outcome(after.validator, longLived);
    expect(after.network.requests).toEqual([]);
    after.clock.seconds += 1;
    await outcome(after.validator, longLived);
    expect(after.network.fetches).toBe(1);
  });

  test('an entry is void after its expiration (J-1)', async () => {
    await writeFile(join(directory, 'cache.json'), entryOf(first, start));
    const { validator, network } = restart([second]);
    expect(await outcome(validator, longLived)).toBe('key_unknown');
    expect(network.fetches).toBe(1);
  });

  test('of concatenated objects the last entry counts, and broken ones are passed over (J-1)', async () => {
    const text = [
      entryOf(second, start + day),
      entryOf(second, start + day, 'https://brace}.example/"'),
      entryOf(first, start + day),
      '{"https://x/": {]}',
      '} {',
    ];
    await writeFile(join(directory, 'cache.json'), text.join('\n'));
    const { validator, network } = restart([]);
    network.down = true;
    expect(await outcome(validator, longLived)).toBe('accepted');
  });

  test('the file keeps the entries of other issuers, and holds expiration and refresh in seconds', async () => {
    const file = join(directory, 'cache.json');
    await writeFile(file, entryOf(second, start + day, 'https://other/'));
    await outcome(restart([first]).validator, longLived);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      'https://other/': { expiration: start + day, jwks: { keys: [second.publicJwk] }, next_update: 1 },
      [issuerUrl]: {
        expiration: start + 2 * day,
        jwks: { keys: [first.publicJwk] },
        next_update: start + 6 * hour,
      },
    });
    expect(await readdir(directory)).toEqual(['cache.json']);
  });

  test('in a directory an issuer has a file named by the SHA-256 of its URL (J-2)', async () => {
    const demo = 'https://demo.scitokens.org';
    const issuers = [{ issuer: demo, audiences: [audience] }];
    const { validator, network } = setUp([first], { issuers, jwksCache: { directory } });
    network.metadata = { issuer: demo, jwks_uri: `${demo}/jwk` };
    expect(await outcome(validator, await sign(first, { ...lasting, iss: demo }))).toBe('accepted');
    expect(network.requests[0]).toBe(`${demo}/.well-known/openid-configuration`);
    expect(await readdir(directory)).toEqual(['defd42fc2ae81f9628744cf6232e40c18697e65b5ef7e828c6223aa1b706bebb']);
  });

  test('a string is the file or directory that is there, else a file when it ends in .json', async () => {
    await mkdir(join(directory, 'there.json'));
    await writeFile(join(directory, 'file'), '');
    for (const path of ['there.json', 'file', 'new.json', 'sub/new']) {
      await outcome(setUp([first], { jwksCache: join(directory, path) }).validator, longLived);
    }
    const files = await readdir(directory, { recursive: true });
    const hashed = files.filter((file) => /[0-9a-f]{64}$/.test(file)).map((file) => file.replace(/\/[^/]+$/, ''));
    expect(hashed.sort()).toEqual(['sub/new', 'there.json']);
    expect(await readFile(join(directory, 'file'), 'utf8')).toContain(issuerUrl);
    expect(await readFile(join(directory, 'new.json'), 'utf8')).toContain(issuerUrl);
  });

  test('caches named by the environment are read and not written (J-3)', async () => {
    const file = join(directory, 'system.json');
    await writeFile(file, entryOf(first, start + 2 * day));
    const environment = { JWKS_CACHE_DIR: join(directory, 'absent'), JWKS_CACHE_FILE: file };
    const { validator, network } = setUp([second], { jwksCache: { directory: join(directory, 'own') }, environment });
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(network.requests).toEqual([]);
    expect(await readdir(directory)).toEqual(['system.json']);
  });

  test('a refresh takes newer keys from disk before it asks the network', async () => {
    const { validator, network, clock } = restart([first]);
    await outcome(validator, longLived);
    clock.seconds += 6 * hour;
    await writeFile(join(directory, 'cache.json'), entryOf(first, start + 6 * hour + 2 * day));
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(network.fetches).toBe(1);
  });

  test('without a location of its own a validator keeps no file', async () => {
    const { validator, network } = setUp([first], { jwksCache: undefined as never });
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(network.fetches).toBe(1);
  });

  test('a cache that cannot be written is a fault to be told, not a refusal', async () => {
    await writeFile(join(directory, 'file'), '');
    const { validator, faults } = setUp([first], { jwksCache: { file: join(directory, 'file', 'cache.json') } });
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(faults).toHaveLength(1);
  });

  test('a file that cannot be replaced leaves no rest behind', async () => {
    await mkdir(join(directory, 'cache.json'));
    const { validator, faults } = restart([first]);
    expect(await outcome(validator, longLived)).toBe('accepted');
    expect(faults).toHaveLength(1);
    expect(await readdir(directory)).toEqual(['cache.json']);
  });
});
