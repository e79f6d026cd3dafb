/** `sluice login` against a whole issuer: a person confirms in a browser without script, and the token verifies offline. */
import { createLoginCommand } from '../../src/cli/login.ts';
import { createVerifyCommand } from '../../src/cli/verify.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';
import { runCommand } from '../unit/cli/run-command.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

/** Alice does what the terminal says, up to the last page. */
async function confirm(stderr: string, answer: 'confirm' | 'abort'): Promise<void> {
  const address = /^Open {2}(\S+)$/m.exec(stderr)?.[1] ?? '';
  const code = /^Code {2}(\S+)$/m.exec(stderr)?.[1] ?? '';
  const agent = new UserAgent();
  const entered = await agent.submit(await agent.get(address), '/device', { user_code: code });
  const confirmed = await agent.follow(await agent.submit(entered, '/device', { [answer]: 'yes' }));
  if (answer === 'abort') return;
  const login = { username: 'alice', password: 'alice-demo-password' };
  const consent = await agent.follow(await agent.submit(confirmed, '/login', login));
  await agent.follow(await agent.submit(consent, '/consent'));
}

/** The person answers while the command waits for the first time. */
async function login(answer: 'confirm' | 'abort', args: readonly string[]) {
  let shown = '';
  let answered = false;
  const command = createLoginCommand({
    fetch: globalThis.fetch,
    clock: issuer.clock,
    wait: async (milliseconds) => {
      if (!answered) await confirm(shown, answer);
      answered = true;
      issuer.clock.advance(milliseconds / 1000);
    },
  });
  return runCommand(command, ['--issuer', issuer.url, ...args], {
    onStderr: (text) => {
      shown += text;
    },
  });
}

test('a confirmed login gives a token that verifies offline and allows what was asked', async () => {
  const scope = ['--scope', 'openid', '--scope', 'storage.read:/cta/open'];
  const ran = await login('confirm', [...scope, '--audience', 'https://localhost:8444']);
  expect(ran).toMatchObject({ status: 0, stderr: expect.stringContaining('granted: openid storage.read:/cta/open') });
  const verify = createVerifyCommand({
    clock: issuer.clock,
    fetch: globalThis.fetch,
    userId: 0,
    temporaryDirectory: '/nowhere',
  });
  const question = ['--operation', 'read', '--path', '/escape/cta/open/f', '--base-path', '/escape'];
  const args = ['--issuer', issuer.url, '--audience', 'https://localhost:8444', ...question];
  expect(await runCommand(verify, [ran.stdout, ...args])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^allow: scope_covers_path/),
  });
});

test('a login that the person refuses ends with 1 and no token', async () => {
  expect(await login('abort', [])).toMatchObject({ status: 1, stdout: '' });
});
