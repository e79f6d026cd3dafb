/** Real verifiers and the strings of policy-semantics 2.2: what is issued opens what it names and no more; what is refused is refused for a reason that can be seen. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { projectDirectory } from '../../src/config/env.ts';
import { askLibscitokens, libscitokensPackages } from '../support/libscitokens.ts';
import { opens } from '../support/oracle.ts';
import { ensurePackages } from '../support/packages.ts';
import { stormOpens } from '../support/storm.ts';
import { xrootdPackages } from '../support/xrootd.ts';
import { baseFiles, mayRead, paths, renderHostileLake, segmentAudience, stringAudience } from './hostile-lake.ts';
import { collapsedPaths, refusedPaths, signedPaths } from './hostile-scopes.ts';
import { debianVersions, type Row, renderTable } from './verifier-table.ts';
import { openStage, type Stage } from './xrootd-stage.ts';

/** `SLUICE_TEST_XROOTD`: `require` (the default in CI) fails without the verifiers, `skip` leaves them out. */
const wish = process.env.SLUICE_TEST_XROOTD ?? (process.env.CI === 'true' ? 'require' : 'if-possible');
const missing =
  wish === 'skip'
    ? 'SLUICE_TEST_XROOTD is `skip`'
    : await ensurePackages([...new Set([...xrootdPackages, ...libscitokensPackages])]);
if (missing !== null && wish === 'require') throw new Error(`the real verifiers cannot be asked: ${missing}`);
if (missing !== null) process.stderr.write(`the real verifiers cannot be asked: ${missing}\n`);
const proof = missing === null ? describe : describe.skip;
/** What was measured belongs to these versions; later ones may have other faults. */
const isMeasured = missing === null && (await debianVersions()) === 'XRootD 5.5.3, libscitokens 0.7.3';
const measured = isMeasured ? test : test.skip;
const page = join(projectDirectory, 'docs', 'design', 'verifiers.md');

type Opened = readonly string[];

interface TokenAnswer {
  readonly status: number | null;
  readonly scope?: string;
  readonly access_token?: string;
  readonly error?: string;
  readonly error_description?: string;
}

proof('Verifiers and hostile paths', () => {
  let stage: Stage;
  let agent: Agent;

  beforeAll(async () => {
    stage = await openStage({ lake: renderHostileLake, files: baseFiles });
    agent = new Agent({ keepAlive: true, maxSockets: 4, ca: await readFile(stage.ca) });
  });

  afterAll(async () => {
    agent?.destroy();
    await stage?.close();
  });

  const ask = async (client: string, path: string, audience: string): Promise<TokenAnswer> => {
    const { status, body } = await stage.ask(client, encodeURIComponent(`storage.read:${path}`), audience);
    return { status, ...JSON.parse(body) };
  };

  /** What XRootD lets be read, asked for each file; the path goes out as it is. */
  const openedByXrootd = async (token: string): Promise<Opened> => {
    const statuses = await Promise.all(paths.map((path) => readStatus(agent, stage.audience, token, `/escape${path}`)));
    return paths.filter((_, index) => statuses[index] === 200);
  };

  const openedByLibscitokens = async (token: string): Promise<Opened | string> => {
    const { issuer, audience, byHand, scratch } = stage;
    const asked = paths.map((path) => ['storage.read', path] as const);
    const [answer] = await askLibscitokens({ issuer, audience, ...byHand, tokens: [{ token, asked }], cache: scratch });
    if (answer === undefined || 'error' in answer) return answer?.error ?? 'no answer';
    return paths.filter((_, index) => answer.opened[index]);
  };

  const openedByRule = (scopes: Opened, rule: (scope: string, path: string) => boolean): Opened =>
    paths.filter((path) => scopes.some((scope) => rule(scope, path)));

  /** What the token names and the client may read is open; what it may not read is closed. */
  const expectExactly = (client: string, scopes: Opened, opened: Opened | string) => {
    const named = paths.filter((path) => scopes.some((scope) => opens('segment', scope, path)));
    expect(opened).toEqual(expect.arrayContaining(named));
    expect(Array.isArray(opened) && opened.filter((path) => !mayRead(client, path))).toEqual([]);
  };

  describe('what the issuer gives', () => {
    test.each([
      // A dot is a dot for this verifier; the end of a name is not seen, so a neighbour under embargo refuses it.
      ['reader', '/d/a.b', '/d/a.b'],
      ['reader', '/d/a', 'embargoed'],
      ['reader', '/foo', 'embargoed'],
      ['reader', '/foo/', 'embargoed'],
      ['reader', '/fo', 'embargoed'],
      ['reader', '/foo/x', '/foo/x'],
      ['reader', '/foobar/f', 'embargoed'],
      ['reader', '/d/a/b/calib', 'embargoed'],
      ['reader', '/v/r1.0-open', '/v/r1.0-open'],
      ['reader', '/v/r1', 'embargoed'],
      ['reader', '/open', '/open'],
      ['visitor', '/foo', 'partial'],
      ['visitor', '/foo/', 'partial'],
      ['visitor', '/foo/x', '/foo/x'],
      ['machine', '/', 'embargoed'],
    ])('for %s and %s at XRootD, which loses a final slash, is %s', async (client, path, expected) => {
      const answer = await ask(client, path, stage.audience);
      if (isReason(expected)) return expectRefused(answer, expected);
      expect(answer).toMatchObject({ status: 200, scope: `storage.read:${expected}` });
      const token = answer.access_token ?? '';
      expectExactly(client, [expected], await openedByXrootd(token));
      expectExactly(client, [expected], await openedByLibscitokens(token));
    });

    test.each([
      ['reader', '/d/a.b', 'embargoed'],
      ['reader', '/d/a.bc', '/d/a.bc'],
      ['reader', '/foo', '/foo/'],
      ['reader', '/fo', '/fo/'],
      ['reader', '/foo.d', '/foo.d'],
      ['reader', '/d/a/b/calib', '/d/a/b/calib/'],
      ['reader', '/v/r1x0', '/v/r1x0'],
      ['reader', '/v/r1', '/v/r1/'],
      ['reader', '/open', '/open'],
      ['visitor', '/foo', '/foo/'],
      ['visitor', '/foo/f', '/foo/f'],
      ['machine', '/foo/', '/foo/'],
    ])('for %s and %s at StoRM, which compiles a regular expression, is %s', async (client, path, expected) => {
      const answer = await ask(client, path, stringAudience);
      if (isReason(expected)) return expectRefused(answer, expected);
      expect(answer).toMatchObject({ status: 200, scope: `storage.read:${expected}` });
      expectExactly(client, [expected], openedByRule([expected], stormOpens));
    });

    test.each([
      ['reader', '/d/a.b', '/d/a.b'],
      ['reader', '/foo', '/foo'],
      ['reader', '/foo/', '/foo'],
      ['reader', '/d/a', 'embargoed-part'],
      ['visitor', '/foo', '/foo'],
    ])('for %s and %s where whole segments are compared is %s', async (client, path, expected) => {
      const answer = await ask(client, path, segmentAudience);
      if (isReason(expected)) return expectRefused(answer, expected);
      expect(answer).toMatchObject({ status: 200, scope: `storage.read:${expected}` });
    });

    test.each([
      ['expander', '/'],
      ['expander', '/d'],
      ['expander', '/d/a/b'],
      ['expander', '/v'],
      ['visitor', '/'],
    ])('for %s and all of %s opens no embargo at any verifier', async (client, path) => {
      const answers = await Promise.all(
        [stage.audience, stringAudience, segmentAudience].map((audience) => ask(client, path, audience)),
      );
      const [prefix, string, segment] = answers.map(({ scope }) => (scope ? scope.split(' ').map(pathOf) : []));
      expectExactly(client, string ?? [], openedByRule(string ?? [], stormOpens));
      expectExactly(
        client,
        segment ?? [],
        openedByRule(segment ?? [], (scope, file) => opens('segment', scope, file)),
      );
      expect(segment?.length).toBeGreaterThan(0);
      const token = answers[0]?.access_token;
      if (token === undefined) return;
      expectExactly(client, prefix ?? [], await openedByXrootd(token));
      expectExactly(client, prefix ?? [], await openedByLibscitokens(token));
    });

    test.each(collapsedPaths)('for %s is the canonical %s (policy-semantics 2.2)', async (path, expected) => {
      const answer = await ask('reader', path, stage.audience);
      expect(answer).toMatchObject({ status: 200, scope: `storage.read:${expected}` });
      expectExactly('reader', [expected], await openedByXrootd(answer.access_token ?? ''));
    });

    test.each([...refusedPaths])('for %s is nothing, at any verifier (policy-semantics 2.2)', async (path) => {
      for (const audience of [stage.audience, stringAudience, segmentAudience]) {
        const answer = await ask('reader', path, audience);
        expect(answer).toMatchObject({ status: 400, error: 'invalid_scope' });
        expect(answer.access_token).toBeUndefined();
      }
    });

    test('for a name with any one byte is that name or nothing, and opens nothing else', async () => {
      const legal = /^[A-Za-z0-9\-_.~=@,/]$/;
      for (let byte = 0; byte < 256; byte += 1) {
        const encoded = `%${byte.toString(16).padStart(2, '0')}`;
        const { status, body } = await stage.ask('reader', `storage.read:/open/a${encoded}b`);
        const answer = JSON.parse(body) as Record<string, string>;
        const character = String.fromCharCode(byte);
        if (legal.test(character)) {
          expect({ byte, scope: answer.scope }).toEqual({ byte, scope: `storage.read:/open/a${character}b` });
        } else if (character === ' ') {
          // Two scopes: the second is none that exists, and is left out.
          expect({ byte, scope: answer.scope }).toEqual({ byte, scope: 'storage.read:/open/a' });
        } else {
          // Control characters are in no parameter at all.
          const error = expect.stringMatching(/^invalid_(scope|request)$/);
          expect({ byte, status, error: answer.error }).toEqual({ byte, status: 400, error });
        }
      }
    });
  });

  describe('what the issuer never gives', () => {
    measured('opens at real verifiers what the page in the documentation says', async () => {
      const rows: Row[] = [];
      for (const path of signedPaths) {
        if (path === '/..') continue;
        const token = await stage.byHand.sign(`storage.read:${path}`);
        rows.push({
          path,
          xrootd: await openedByXrootd(token),
          libscitokens: await openedByLibscitokens(token),
          storm: openedByRule([path], stormOpens),
        });
      }
      const table = renderTable(rows, paths);
      const artifacts = join(projectDirectory, 'test', 'artifacts');
      await mkdir(artifacts, { recursive: true });
      await writeFile(join(artifacts, 'verifiers.md'), table);
      expect(await readFile(page, 'utf8')).toContain(table);
    });

    measured('ends libscitokens, and XRootD with it, when it is the scope `/..`', async () => {
      const token = await stage.byHand.sign('storage.read:/..');
      await expect(openedByLibscitokens(token)).rejects.toThrow(/SIGSEGV|SIGABRT/);
      expect(await readStatus(agent, stage.audience, token, '/escape/open/f')).toBeNull();
      expect(await readStatus(agent, stage.audience, token, '/escape/open/f')).toBeNull();
    });
  });
});

const isReason = (text: string) => !text.startsWith('/');

function expectRefused(answer: TokenAnswer, reason: string): void {
  expect(answer).toMatchObject({ status: 400, error: 'invalid_scope' });
  expect(answer.access_token).toBeUndefined();
  expect(answer.error_description).toContain(reason);
}

const pathOf = (scope: string) => scope.replace('storage.read:', '');

/** The status, null when the connection ends without an answer. */
function readStatus(agent: Agent, origin: string, token: string, path: string): Promise<number | null> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve) => {
    const headers = { Authorization: `Bearer ${token}` };
    request({ agent, hostname, port, path, headers, method: 'GET' }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? null));
    })
      .on('error', () => resolve(null))
      .end();
  });
}
