/** Hostile lake files: a list of faults each, and the running policy as it was, with tokens issued in between (issue: the policy, "Hostile input"). */
import { applyLake } from '../../src/lake/apply.ts';
import { refuseTooLarge } from '../../src/lake/text-size.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { clientCredentials } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let version: unknown;

beforeAll(async () => {
  issuer = await startIssuer();
  version = await policyVersion();
});
afterAll(() => issuer?.close());

function policyVersion() {
  return issuer.database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
}

/** The faults of a file that is applied while tokens are asked for. */
async function faultsOf(text: string): Promise<string> {
  let isApplied = false;
  const applied = applyLake(createLakeStore(issuer.database.db), text, 'lake.yaml').then(
    () => null,
    (error: { code?: string; message: string }) => error,
  );
  const tokens = (async () => {
    do {
      const fields = { audience: 'https://localhost:8444', scope: 'storage.read:/cta/open' };
      expect(await clientCredentials(issuer, 'catalogue', fields)).toMatchObject({ status: 200 });
    } while (!isApplied);
  })();
  const error = await applied.finally(() => {
    isApplied = true;
  });
  await tokens;
  expect(await policyVersion()).toEqual(version);
  expect(error).toMatchObject({ code: 'lake_invalid' });
  expect(error?.message).not.toMatch(/\bat .*\.(ts|js):/);
  return error?.message ?? '';
}

const lake = (lines: string) => `version: 1\nvo: escape\n${lines}`;
const embargo = (fields: string) => lake(`embargoes:\n  - { id: hostile, title: t, path: /x, ${fields} }\n`);
const storage = (...mounts: readonly string[]) =>
  lake(
    `storages:\n  - name: HOSTILE\n    audience: "https://hostile.example.org"\n    matching: string\n    mounts:\n${mounts
      .map((path, index) => `      - { path: ${path}, at: /m${index} }\n`)
      .join('')}`,
  );
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth);
const rows = (count: number, row: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => row(i)).join('');

describe('a lake file is refused with its faults', () => {
  test.each<[string, string, RegExp]>([
    [
      'an end before the beginning',
      embargo('from: 2027-02-01T00:00:00Z, until: 2027-01-01T00:00:00Z'),
      /lake\.yaml:4: .*before/,
    ],
    ['an end at the beginning', embargo('from: 2027-01-01T00:00:00Z, until: 2027-01-01T00:00:00Z'), /before/],
    ['a day that no calendar has', embargo('until: 2027-02-30T00:00:00Z'), /until/],
    ['a year of six digits', embargo('until: "+275760-09-13T00:00:00.001Z"'), /until/],
    ['an instant without a zone', embargo('until: 2027-02-01T00:00:00'), /until/],
    ['a mount inside another', storage('/data', '/data/cta'), /mounts\[1\]/],
    ['one mount twice', storage('/data', '//data/'), /mounts\[1\]/],
    ['a mount at the top', storage('/', '/data'), /mounts\[[01]\]/],
    ['mounts that a dot makes one', storage('/data/v1.0', '/data/v1x0'), /mounts\[[01]\]/],
    ['mounts that a dot nests', storage('/data.cta', '/data/cta/x'), /mounts\[[01]\]/],
    [
      'an id twice',
      lake(`grants:\n${'  - { id: g, subject: "group:/escape", actions: [read], path: /x }\n'.repeat(2)}`),
      /also in/,
    ],
    [
      'a name twice',
      lake('embargoes:\n  - { id: e, path: /x, path: /y, until: 2027-01-01T00:00:00Z }\n'),
      /lake\.yaml:4/,
    ],
    ['a huge number', lake('policy: { guardSeconds: 1e400 }\n'), /policy\.guardSeconds/],
    ['a number of many digits', lake(`policy: { guardSeconds: ${'9'.repeat(10_000)} }\n`), /policy\.guardSeconds/],
    ['no number', lake('policy: { guardSeconds: .nan }\n'), /policy\.guardSeconds/],
    ['a negative one', lake('policy: { minLifetimeSeconds: -1 }\n'), /policy\.minLifetimeSeconds/],
    ['NUL in the text', lake('namespace:\n  - "/a"\n\u0000'), /lake\.yaml/],
    ['NUL in a value', lake('namespace:\n  - "/a\\0b"\n'), /namespace\[0\]/],
    ['NUL in a title', embargo('until: 2027-01-01T00:00:00Z, basis: "a\\0b"'), /basis/],
    ['half a character', embargo('until: 2027-01-01T00:00:00Z, basis: "\\ud800"'), /lake\.yaml/],
    ['a path of 100 000 characters', lake(`namespace:\n  - /${'a/'.repeat(50_000)}\n`), /namespace\[0\]/],
    ['deep lists', lake(`namespace: ${deep('[', ']', 100_000)}\n`), /lake\.yaml/],
    ['deep lists, not closed', lake(`namespace: ${'['.repeat(100_000)}\n`), /lake\.yaml/],
    ['deep objects', lake(`policy: ${deep('{a: ', '}', 50_000)}\n`), /lake\.yaml/],
    ['deep JSON', `{"version":1,"policy":${deep('{"a":', '}', 50_000).replace('}', '1}')}}`, /lake\.yaml/],
    ['deep indentation', rows(2000, (index) => `${' '.repeat(index)}a:\n`), /lake\.yaml/],
    ['a long line of nothing', `${' '.repeat(1_000_000)}\t${':'.repeat(100_000)}`, /lake\.yaml/],
    ['a type of YAML that runs something', lake('policy: !!js/function "function(){}"\n'), /lake\.yaml/],
    ['every byte', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1'), /lake\.yaml/],
  ])('that has %s', async (_, text, fault) => {
    expect(await faultsOf(text)).toMatch(fault);
  });

  test('that has 200 000 rows, each with a fault, and tells of the first ten thousand', async () => {
    const faults = await faultsOf(lake(`namespace:\n${rows(200_000, (index) => `  - /a b${index}\n`)}`));
    expect(faults.split('\n').length).toBeLessThanOrEqual(10_002);
    expect(faults).toMatch(/and 190000 more faults$/);
  });

  test('that has one fault at the end of a million rows', async () => {
    const text = lake(`namespace:\n${rows(1_000_000, (index) => `  - /a/b${index}\n`)}  - "/a b"\n`);
    expect(await faultsOf(text)).toMatch(/^lake\.yaml:1000004: namespace\[1000000\]/);
  });
});

test('a file that does not fit into memory is told before it is read', () => {
  expect(() => refuseTooLarge('lake.yaml', 6_000_000, 512e6)).not.toThrow();
  expect(() => refuseTooLarge('lake.yaml', 7_000_000, 512e6)).toThrow(
    /^lake\.yaml: the file is too large \(7\.0 MB\), expected at most 6\.4 MB .* `--max-old-space-size`/,
  );
});
