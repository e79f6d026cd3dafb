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

  const fuzz = async (which: readonly string[]) => {
    const scope = 'policy:read policy:write people:read people:write';
    const { body } = await clientCredentials(issuer, 'fuzzer', { scope });
    const args = [
      ...['run', `${issuer.url}api/v1/openapi.json`, '--url', `${issuer.url}api/v1`, ...which],
      ...['--checks', checks.join(','), '--phases', 'examples,coverage,fuzzing', '--max-examples', '12'],
      ...['--seed', '6', '--generation-database', 'none', '--no-color', '--suppress-health-check', 'all'],
      ...['--header', `Authorization: Bearer ${body.access_token}`],
    ];
    return new Promise<string>((resolve) => {
      // It keeps what it found in the directory where it runs.
      const limits = { cwd: issuer.directory, maxBuffer: 2 ** 26, timeout: 280_000 };
      execFile(python.bin('schemathesis'), args, limits, (error, stdout, stderr) =>
        resolve(error === null ? '' : `${stdout}${stderr}`.slice(-20_000)),
      );
    });
  };
  const answers = () => issuer.logLines().filter(({ msg }) => msg === 'request');

  test('finds no server error and no answer that the document does not describe', async () => {
    // It finds itself in the list of clients: what would end the token that the others need comes last.
    const ending = ['/revocations', '/clients/{clientId}/suspend'];
    expect(await fuzz(ending.flatMap((path) => ['--exclude-path', path]))).toBe('');
    expect(answers().filter(({ status }) => status === 401)).toEqual([]);
    const taken = new Set(answers().flatMap(({ status, route }) => (Number(status) < 300 ? [route] : [])));
    expect(taken.size).toBeGreaterThan(20);
    for (const path of ending) expect(await fuzz(['--include-path', path])).toBe('');
    expect(issuer.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  }, 580_000);
});
