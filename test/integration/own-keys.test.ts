/** Certificates and SSH keys of members, proved by the real programs `ssh-keygen` and `openssl`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { proofTextIn } from '../support/proof-text.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let lake: TestIssuer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
  const authority = join(folder, 'authority.pem');
  const made = ['-keyout', join(folder, 'authority.key'), '-out', authority, '-subj', '/DC=example/CN=Authority'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...made], { stdio: 'ignore' });
  lake = await startIssuer({
    lake: `
version: 1
accounts:
  - { id: ada, username: ada, password: ada-lake-password }
  - { id: bob, username: bob, password: bob-lake-password }
`,
    realTime: true,
    config: { peopleCaFile: authority },
  });
});
afterAll(async () => {
  await lake?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(username: string): Promise<UserAgent> {
  const agent = new UserAgent();
  const password = `${username}-lake-password`;
  await agent.submit(await agent.get(`${lake.url}login`), '/login', { username, password });
  return agent;
}

function sshKey(name: string, ...kind: string[]): { readonly file: string; readonly text: string } {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', file, ...kind]);
  return { file, text: readFileSync(`${file}.pub`, 'utf8') };
}

const sign = (file: string, challenge: string, namespace = 'sluice') =>
  execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', file], {
    input: challenge,
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString();

const challengeIn = (page: Page) => /name="challenge" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
const keysPage = (agent: UserAgent) => agent.get(`${lake.url}account/keys`);
const ask = async (agent: UserAgent, key: string) => agent.submit(await keysPage(agent), '/ssh-key', { key });

test.each([
  ['ed25519', ['-t', 'ed25519']],
  ['ecdsa', ['-t', 'ecdsa', '-b', '256']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
] as const)('an SSH key of type %s is added by its signature, and removed', async (name, kind) => {
  const { file, text } = sshKey(name, ...kind);
  const ada = await signedIn('ada');
  const asked = await ask(ada, text);
  const signature = sign(file, proofTextIn(asked));
  const added = await ada.follow(await ada.submit(asked, '/prove', { signature }));
  const [, fingerprint = ''] = execFileSync('ssh-keygen', ['-lf', `${file}.pub`])
    .toString()
    .split(' ');
  const rows = () => lake.database.db.selectFrom('ssh_keys').select('fingerprint').execute();
  expect(added.status).toBe(200);
  expect(await rows()).toEqual([{ fingerprint }]);
  await ada.submit(added, '/remove-ssh-key');
  expect(await rows()).toEqual([]);
});

test('no other signature counts, a proof counts once and in its session, and a key is one account’s', async () => {
  const mine = sshKey('mine', '-t', 'ed25519');
  const other = sshKey('other', '-t', 'ed25519');
  const ada = await signedIn('ada');
  const asked = await ask(ada, mine.text);
  const challenge = challengeIn(asked);
  const text = proofTextIn(asked);
  expect(text).toBe(`Add this SSH key to the account ada at ${lake.url} (${challenge})`);
  const elsewhere = text.replace(lake.url, 'https://other.example/');
  const wrong = [
    ...[sign(other.file, text), sign(mine.file, text, 'git'), sign(mine.file, 'other'), 'none'],
    // The random part alone, and the same for another issuer, account or purpose.
    ...[challenge, elsewhere, text.replace(' ada ', ' bob '), text.replace('SSH key', 'certificate')].map((one) =>
      sign(mine.file, one),
    ),
  ];
  for (const signature of wrong) {
    expect((await ada.submit(asked, '/prove', { signature })).status).toBe(422);
  }
  const signature = sign(mine.file, text);
  const bob = await signedIn('bob');
  const askedByBob = await ask(bob, mine.text);
  expect((await bob.submit(askedByBob, '/prove', { challenge, signature })).status).toBe(409);
  expect((await ada.submit(asked, '/prove', { signature })).status).toBe(303);
  expect((await ada.submit(asked, '/prove', { signature })).status).toBe(409);
  const late = await bob.submit(askedByBob, '/prove', { signature: sign(mine.file, proofTextIn(askedByBob)) });
  expect(late.status).toBe(409);
  expect(late.html).toContain('linked to an account already');
});

test('a certificate is added by a signature of its key; weak keys and other texts are refused', async () => {
  const [key, pem] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', pem, '-subj', '/DC=example/CN=Ada'];
  const ada = await signedIn('ada');
  const submit = async () =>
    ada.submit(await keysPage(ada), '/certificate', { certificate: readFileSync(pem, 'utf8') });
  // Whoever makes certificates writes any name into them.
  const notOne = ['-addext', 'basicConstraints=critical,CA:FALSE'];
  execFileSync('openssl', [...request, '-x509', ...notOne], { stdio: 'ignore' });
  const selfSigned = await submit();
  expect([selfSigned.status, selfSigned.html.includes('the authority of the certificate is none')]).toEqual([
    422,
    true,
  ]);

  const authority = ['-CA', join(folder, 'authority.pem'), '-CAkey', join(folder, 'authority.key')];
  execFileSync('openssl', [...request, '-x509', ...notOne, ...authority], { stdio: 'ignore' });
  const asked = await submit();
  const signed = (text: string) =>
    execFileSync('openssl', ['dgst', '-sha256', '-sign', key], { input: text }).toString('base64');
  expect((await ada.submit(asked, '/prove', { signature: signed('other') })).status).toBe(422);
  const added = await ada.follow(await ada.submit(asked, '/prove', { signature: signed(proofTextIn(asked)) }));
  expect(added.html).toContain('CN=Ada,DC=example');
  const weak = sshKey('weak', '-t', 'rsa', '-b', '1024');
  for (const text of [weak.text, 'ssh-ed25519 AAAA', 'none', '']) expect((await ask(ada, text)).status).toBe(422);
});

test('a certificate of an Ed25519 key is proved by the command that the page shows', async () => {
  const [key, pem] = [join(folder, 'edwards.pem'), join(folder, 'edwards-cert.pem')];
  const made = ['-x509', '-newkey', 'ed25519', '-nodes', '-keyout', key, '-out', pem, '-subj', '/DC=example/CN=Ed'];
  const signed = ['-CA', join(folder, 'authority.pem'), '-CAkey', join(folder, 'authority.key')];
  execFileSync('openssl', ['req', ...made, ...signed, '-addext', 'basicConstraints=critical,CA:FALSE'], {
    stdio: 'ignore',
  });
  const ada = await signedIn('ada');
  const asked = await ada.submit(await keysPage(ada), '/certificate', { certificate: readFileSync(pem, 'utf8') });
  const [, command = ''] = /(printf %s [^<]*base64)/.exec(asked.html) ?? [];
  const shown = command.replaceAll('&gt;', '>').replaceAll('&#39;', "'").replace('key.pem', key);
  const signature = execFileSync('sh', ['-c', shown], { cwd: folder }).toString();
  const added = await ada.follow(await ada.submit(asked, '/prove', { signature }));
  expect(added.html).toContain('CN=Ed,DC=example');
});
