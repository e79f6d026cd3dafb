/** scim2-tester judges the SCIM endpoint, and scim2-cli works with it: RFC 7643 and RFC 7644 by the eyes of others. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { scimLake, scimToken } from '../support/scim.ts';
import { script } from './party-script.ts';
import { describeParty, startTimeout } from './party-stage.ts';

const run = promisify(execFile);
const python = await preparePythonEnvironment('scim', new URL('scim/requirements.txt', import.meta.url));

interface Result {
  readonly status: string;
  readonly check: string;
  readonly resource: string | null;
  readonly attribute: string | null;
  readonly reason: string;
}

/** What the tester expects and the server does otherwise, each for a reason. */
const deviations: readonly (readonly [check: string, attribute: string])[] = [
  // An account is active or not; scripts rely on the attribute being there (services.md).
  ['check_remove_attribute', 'active'],
  // The only mail address is the primary one, whatever was said of it.
  ['check_add_attribute', 'emails'],
  ['check_replace_attribute', 'emails'],
  // The tester's user has no password: its one identity is the last way in, which stays.
  ['check_remove_attribute', 'urn:indigo-dc:scim:schemas:IndigoUser:oidcIds'],
  // What only the server writes of an extension stays when the extension is removed.
  ['check_remove_attribute', 'urn:indigo-dc:scim:schemas:IndigoUser'],
  ['check_remove_attribute', 'urn:indigo-dc:scim:schemas:IndigoGroup'],
];

describeParty(`scim2-tester ${python.versionOf('scim2-tester')}`, python, () => {
  let issuer: TestIssuer;
  let token: string;

  beforeAll(async () => {
    // The tester makes groups of any name, so none is the group of a VO.
    const lake = (await scimLake()).replace(/^vo: .*\n/m, '');
    issuer = await startIssuer({ lake, realTime: true });
    token = await scimToken(issuer, 'provisioner', 'scim:read scim:write');
  });
  afterAll(() => issuer?.close());

  test(
    'finds nothing but the known deviations',
    async () => {
      const args = [script('scim/check.py'), `${issuer.url}scim`];
      const env = { ...process.env, SCIM_TOKEN: token };
      const { stdout } = await run(python.bin('python'), args, { env, maxBuffer: 2 ** 24 });
      const results: Result[] = JSON.parse(stdout);
      const isKnown = ({ check, attribute }: Result) =>
        deviations.some(([of, name]) => of === check && name === attribute);
      expect(results.filter((result) => result.status !== 'SUCCESS' && !isKnown(result))).toEqual([]);
      expect(results.filter(({ status }) => status === 'SUCCESS').length).toBeGreaterThan(60);
    },
    startTimeout,
  );

  describe(`scim2-cli ${python.versionOf('scim2-cli')}`, () => {
    const scim2 = (...args: string[]) => scim2With('', ...args);
    const scim2With = async (body: string, ...args: string[]) => {
      const env = {
        ...process.env,
        SCIM_CLI_URL: `${issuer.url}scim`,
        SCIM_CLI_HEADERS: `Authorization: Bearer ${token}`,
      };
      const running = run(python.bin('scim2'), args, { env });
      // It reads a body from a standard input that is open.
      running.child.stdin?.end(body);
      const { stdout } = await running;
      return stdout === '' ? undefined : JSON.parse(stdout);
    };

    test(
      'makes, finds, changes and removes a user',
      async () => {
        const made = await scim2('create', 'user', '--user-name', 'grace');
        expect(made).toMatchObject({ userName: 'grace', active: true });
        const found = await scim2('query', 'user', '--filter', 'userName eq "grace"');
        expect(found).toMatchObject({ totalResults: 1, Resources: [{ id: made.id }] });
        const { schemas, id, userName } = made;
        const wanted = { schemas, id, userName, name: { formatted: 'Grace H.' } };
        const changed = await scim2With(JSON.stringify(wanted), 'replace', 'user');
        expect(changed).toMatchObject({ id: made.id, name: { formatted: 'Grace H.' } });
        await scim2('delete', 'user', made.id);
        await expect(scim2('query', 'user', made.id)).rejects.toThrow(/404|no such resource/);
      },
      startTimeout,
    );
  });
});
