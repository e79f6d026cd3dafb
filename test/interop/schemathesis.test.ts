/** schemathesis calls every operation of `/api/v1` as its document describes them, and as it does not: no answer of 5xx, none that the document does not know. */
import { execFile } from 'node:child_process';
import { clientCredentials } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { describeParty } from './party-stage.ts';

const python = await preparePythonEnvironment(
  'schemathesis',
  new URL('schemathesis/requirements.txt', import.meta.url),
);

const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];

const fuzzer = `
  - clientId: fuzzer
    clientSecret: fuzzer-demo-secret
    grantTypes: [client_credentials]
    scopes: [policy:read, policy:write, people:read, people:write]
`;

describeParty(`schemathesis ${python.versionOf('schemathesis')}`, python, () => {
  let issuer: TestIssuer;

  beforeAll(async () => {
    const lake = (await exampleLake()).replace(/^clients:.*$/m, (line) => `${line}${fuzzer}`);
    issuer = await startIssuer({ lake, realTime: true });
  });
  afterAll(() => issuer?.close());

  const fuzz = (token: string) =>
    new Promise<{ readonly failed: boolean; readonly output: string }>((resolve) => {
      const args = [
        ...['run', `${issuer.url}api/v1/openapi.json`, '--url', `${issuer.url}api/v1`],
        ...['--checks', checks.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', '12'],
        ...['--seed', '6', '--generation-database', 'none', '--no-color', '--suppress-health-check', 'all'],
        ...['--header', `Authorization: Bearer ${token}`],
      ];
      execFile(python.bin('schemathesis'), args, { maxBuffer: 2 ** 26, timeout: 280_000 }, (error, stdout, stderr) =>
        resolve({ failed: error !== null, output: `${stdout}${stderr}` }),
      );
    });

  test('finds no server error and no answer that the document does not describe', async () => {
    const scope = 'policy:read policy:write people:read people:write';
    const { body } = await clientCredentials(issuer, 'fuzzer', { scope });
    const { failed, output } = await fuzz(body.access_token);
    expect(failed ? output.slice(-20_000) : '').toBe('');
    // It was let in, and some of what it wrote was taken.
    const { writes } = await issuer.database.db
      .selectFrom('rule_versions')
      .select(({ fn }) => fn.countAll<string>().as('writes'))
      .where('actor', '=', 'client:fuzzer')
      .executeTakeFirstOrThrow();
    expect(Number(writes)).toBeGreaterThan(0);
    expect(issuer.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  }, 300_000);
});
