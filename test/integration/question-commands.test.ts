/** The questions to the policy on the command line: short text, JSON, and faults in one line. */
import type { Command } from '../../src/cli/command.ts';
import { impactCommand } from '../../src/cli/impact.ts';
import { tokensCommand } from '../../src/cli/tokens.ts';
import { whoCanCommand } from '../../src/cli/who-can.ts';
import { whyCommand } from '../../src/cli/why.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';

let database: TestDatabase;
const xrootd = 'https://localhost:8444';
const alice = '5a1e0000-0000-4000-8000-000000000001';
const now = Date.now() - (Date.now() % 1000);
const iso = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');
const at = '2027-01-01T00:00:00Z';

beforeAll(async () => {
  database = await createTestDatabase();
  const { readFile } = await import('node:fs/promises');
  await applyLakeText(database.db, await readFile('examples/escape.yaml', 'utf8'));
  await writeIssueLog(database.db, [
    {
      jti: 'token-1',
      at: now - 1000,
      subject: alice,
      clientId: 'cli',
      flow: 'device',
      audience: [xrootd],
      requested: 'storage.read:/cta storage.stage:/magic',
      issued: 'storage.read:/cta',
      refused: [{ scope: 'storage.stage:/magic', reason: 'no-grant' }],
      because: ['members-read', 'cta-p17'],
      policyVersion: 1_000_000,
      expiresAt: now + 1199_000,
      cap: { at: now + 1199_000, kind: 'embargo-lifetime', rule: 'cta-p17' },
    },
    {
      event: 'refused',
      at: now - 500,
      audience: [xrootd],
      requested: 'storage.read:/cta/restricted/p17',
      refused: [{ scope: 'storage.read:/cta/restricted/p17', reason: 'embargoed' }],
      because: ['cta-p17'],
      policyVersion: 1_000_000,
    },
  ]);
});
afterAll(() => database.drop());

const run = (command: Command, args: readonly string[], input = '') => runCommand(database.url, command, args, input);

describe('who-can', () => {
  test('names subjects and principals with the rules by which they may', async () => {
    expect(await run(whoCanCommand, ['read', '/cta/restricted/p17', '--at', at])).toEqual({
      status: 0,
      stderr: '',
      stdout: `read on /cta/restricted/p17 at ${at}
closed by embargo cta-p17 on /cta/restricted/p17 to all but its parties
subjects:
    client:catalogue: granted by catalogue-read
  + client:fts: granted by fts-all, admitted to cta-p17
  + client:rucio: granted by rucio-all, admitted to cta-p17
    group:/escape: granted by members-read, 5 members
  + group:/escape/cta/p17: granted by p17-team, admitted to cta-p17, 1 member
    group:/escape/data-manager: granted by managers-write, 1 member
who may:
  client fts: fts-all, cta-p17
  client rucio: rucio-all, cta-p17
  user alice: members-read (group:/escape), p17-team (group:/escape/cta/p17), cta-p17 (group:/escape/cta/p17)
`,
    });
  });

  test('tells the same as JSON, in pieces', async () => {
    const first = await run(whoCanCommand, ['read', '/', '--at', at, '--limit', '2', '--json']);
    const { principals, next } = JSON.parse(first.stdout);
    expect(principals.map(({ name }: { name: string }) => name)).toEqual(['catalogue', 'dirac']);
    const second = await run(whoCanCommand, ['read', '/', '--at', at, '--limit', '1', '--after', next]);
    expect(second.stdout).toContain(`who may:\n  client fts: fts-all\nmore: --after 'client:fts'\n`);
  });

  test('says so when nobody may', async () => {
    const past = await run(whoCanCommand, ['read', '/', '--at', '2020-01-01T00:00:00Z']);
    expect(past.stdout).toBe(
      'read on / at 2020-01-01T00:00:00Z, by the rules as they stood then\nno grant gives it\nnobody may\n',
    );
  });
});

describe('tokens', () => {
  test('lists what is out, with the holder and what each scope opens', async () => {
    const { stdout } = await run(tokensCommand, ['/cta/restricted']);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(
        `^/cta/restricted at \\S+: 1 token out, the last until ${iso(now + 1199_000)}$`.replaceAll('.', '\\.'),
      ),
      `  token-1 until ${iso(now + 1199_000)}: user alice through cli, for ${xrootd}`,
      '      storage.read:/cta opens all of it at LOCAL-XROOTD',
    ]);
    expect((await run(tokensCommand, ['/magic'])).stdout).toMatch(/: no token is out\n$/);
    expect(JSON.parse((await run(tokensCommand, ['/cta/open', '--json'])).stdout)).toMatchObject({ total: 1 });
  });
});

describe('why', () => {
  test('tells what was asked, issued and refused, what set the end, and whether the rules still stand', async () => {
    expect(
      (await run(whyCommand, ['token-1'])).stdout,
    ).toBe(`token token-1 at ${iso(now - 1000)} to user alice through client cli, device, policy version 1000000
  audience: ${xrootd}
  asked:    storage.read:/cta storage.stage:/magic
  issued:   storage.read:/cta
  refused:  storage.stage:/magic: no-grant (no grant gives this action here)
  ends:     ${iso(now + 1199_000)}, longest token under embargo \`cta-p17\`
  by grant members-read version 1 on /, unchanged since
  by embargo cta-p17 version 1 on /cta/restricted/p17, unchanged since
`);
  });

  test('lists refusals, which have no jti', async () => {
    const { stdout } = await run(whyCommand, ['--refused', '--client', 'catalogue']);
    expect(stdout).toContain('to client catalogue for itself, client_credentials');
    expect(stdout).toContain('  refused:  storage.read:/cta/restricted/p17: embargoed (closed by an embargo)\n');
    expect((await run(whyCommand, ['--refused', '--subject', 'bob'])).stdout).toBe('nothing was refused\n');
  });

  test('an unknown jti ends with status 1', async () => {
    const { status, stderr } = await run(whyCommand, ['token-9']);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: 'sluice why: no token with jti `token-9` in the issue log\n',
    });
  });
});

describe('impact', () => {
  const embargo = `id: magic-2027
path: /magic
until: 2028-01-01T00:00:00Z
`;

  test('tells who would lose what, from a file as for apply', async () => {
    const { stdout } = await run(impactCommand, ['--embargo', '-', '--at', at], embargo);
    const lines = stdout.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      `embargo magic-2027 on /magic, at ${at}`,
      '  4 users and 3 clients would lose scopes, 0 users and 0 clients would gain some',
      '  one scope asked becomes 7 at most for clients that expand, now 8',
      '  no token that is out reaches the path',
    ]);
    const dcache = 'https://dcache-door-doma01.desy.de:2880';
    expect(stdout).toContain(
      `client catalogue (narrow), as client:catalogue, for ${dcache}:\n  - storage.read:/escape/wp2_rucio_testbed/desy_dcache/magic: refused, embargoed\n`,
    );
    expect(lines.at(-2)).toMatch(/^\d+ requests compared$/);
  });

  test('a faulty rule is one clear message, and exactly one rule is asked about', async () => {
    await expect(run(impactCommand, ['--grant', '-'], embargo)).rejects.toThrow(
      /^the rule is not valid:\n\(standard input\):1: subject: is missing/,
    );
    await expect(run(impactCommand, ['--embargo', '-'], 'id: x\npath: /x\n')).rejects.toThrow('until: is missing');
    await expect(run(impactCommand, ['--embargo', '-'], 'a: [')).rejects.toThrow(/^the rule is not valid:\n/);
    await expect(run(impactCommand, ['--grant', '-', '--draft', 'x'])).rejects.toMatchObject({ code: 'usage' });
    expect((await run(impactCommand, ['--draft', 'x'])).status).toBe(1);
  });
});

test.each<[Command, string[], string]>([
  [whoCanCommand, ['read'], 'expected an action and a path'],
  [whoCanCommand, ['own', '/'], 'action `own` not known'],
  [whoCanCommand, ['read', '/', '--at', 'noon'], '`--at` is not an instant'],
  [whoCanCommand, ['read', '/', '--limit', 'x'], 'limit `x` not accepted'],
  [tokensCommand, [], 'expected a path'],
  [whyCommand, [], 'expected the jti of a token, or `--refused`'],
  [whyCommand, ['x', '--refused'], 'expected the jti of a token, or `--refused`'],
])('wrong usage is told as such: %#', async (command, args, message) => {
  await expect(run(command, args)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message),
  });
});
