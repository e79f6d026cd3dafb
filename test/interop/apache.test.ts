/** Apache with mod_auth_openidc of Debian, with the configuration that `sluice config apache` prints: as relying party and as resource server (real-parties.md). */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { clientCredentials } from '../support/http.ts';
import { ensurePackages } from '../support/packages.ts';
import { freePort } from '../support/server-process.ts';
import { UserAgent } from '../support/user-agent.ts';
import { userToken } from './party-code.ts';
import { logIn } from './party-login.ts';
import { describeParty, openPartyStage, type PartyStage } from './party-stage.ts';

const run = promisify(execFile);
const missing = await ensurePackages(['apache2', 'libapache2-mod-auth-openidc', 'openssl']);
const version = missing === null ? await installedVersion() : 'mod_auth_openidc';

async function installedVersion(): Promise<string> {
  const { stdout } = await run('dpkg', ['--status', 'libapache2-mod-auth-openidc']);
  return `mod_auth_openidc ${/^Version: (.*)$/m.exec(stdout)?.[1]}`;
}

const modules = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'headers', 'mime', 'dir', 'auth_openidc'];

/** What any Apache has beside the printed file. */
function around(directory: string, port: number, ca: string): string {
  return [
    `ServerName localhost`,
    `Listen 127.0.0.1:${port}`,
    `PidFile ${join(directory, 'apache.pid')}`,
    'ErrorLog /dev/stderr',
    ...modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`),
    ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
    `DocumentRoot ${join(directory, 'pages')}`,
    'TypesConfig /etc/mime.types',
    `OIDCCABundlePath ${ca}`,
    'Header always set X-Remote-User "expr=%{REMOTE_USER}"',
    `Include ${join(directory, 'sluice.conf')}`,
    '',
  ].join('\n');
}

describeParty(version, { missing }, () => {
  let stage: PartyStage;
  let relyingParty: string;
  let resourceServer: string;

  beforeAll(async () => {
    const ports = { relyingParty: await freePort(), resourceServer: await freePort() };
    relyingParty = `http://localhost:${ports.relyingParty}`;
    resourceServer = `http://localhost:${ports.resourceServer}`;
    stage = await openPartyStage((lake) =>
      lake.replace('"https://rucio.example.org/auth/oidc_code"', `"${relyingParty}/secure/redirect_uri"`),
    );
    await startApache('relying-party', ports.relyingParty, ['--client', 'rucio'], {
      'PUT-THE-CLIENT-SECRET-HERE': 'rucio-demo-secret',
      'PUT-A-RANDOM-PASSPHRASE-HERE': 'a passphrase of this test',
    });
    await startApache('resource-server', ports.resourceServer, ['--storage', 'RUCIO'], {});
  });
  afterAll(() => stage?.close());

  async function startApache(
    name: string,
    port: number,
    subject: readonly string[],
    secrets: Readonly<Record<string, string>>,
  ): Promise<void> {
    const directory = join(stage.place.directory, name);
    await mkdir(join(directory, 'pages', 'secure'), { recursive: true });
    await writeFile(join(directory, 'pages', 'secure', 'index.html'), 'for those who logged in\n');
    await writeFile(join(directory, 'pages', 'index.html'), 'for those with a token\n');
    const printed = await stage.configuration(['apache', ...subject, '--part', 'sluice.conf'], secrets);
    await writeFile(join(directory, 'sluice.conf'), printed);
    const configuration = join(directory, 'httpd.conf');
    await writeFile(configuration, around(directory, port, stage.certificates.ca));
    // Apache opens no socket as its log, which is what a child's output is here.
    const apache = stage.place.start({}, ['sh', '-c', 'apache2 -f "$0" -DFOREGROUND 2>&1 | cat', configuration]);
    await apache.waitFor(/resuming normal operations/);
  }

  /** Where a browser is sent that is not logged in. The module takes no request of `fetch` for one of a browser, and the two must have one name. */
  async function sentToLogin(agent: UserAgent, url: string): Promise<string> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      get(url, { headers: { accept: 'text/html', 'user-agent': 'node' } }, resolve).once('error', reject);
    });
    answer.resume();
    for (const line of answer.headers['set-cookie'] ?? []) agent.keep(line);
    return answer.headers.location ?? '';
  }

  test('as relying party: a page needs a login, and the user is known by name', async () => {
    const agent = new UserAgent();
    const page = await logIn(agent, await sentToLogin(agent, `${relyingParty}/secure/index.html`));
    expect(page).toMatchObject({ status: 200, html: 'for those who logged in\n' });
    expect(page.headers.get('x-remote-user')).toBe('alice');
  });

  describe('as resource server', () => {
    const read = async (token: string | null) => {
      const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${resourceServer}/index.html`, { headers });
      return { status: answer.status, user: answer.headers.get('x-remote-user') };
    };

    test("takes a user's token for its audience, and no other", async () => {
      const token = await userToken(stage.issuer, { scope: 'openid profile', audience: 'rucio' });
      expect(await read(token)).toEqual({ status: 200, user: '5a1e0000-0000-4000-8000-000000000001' });
      const elsewhere = await userToken(stage.issuer, { scope: 'openid profile', audience: 'fts.example.org' });
      expect((await read(elsewhere)).status).toBe(401);
      expect((await read(null)).status).toBe(401);
      const [header, claims] = token.split('.');
      expect((await read(`${header}.${claims}.AAAA`)).status).toBe(401);
    });

    test('takes the token of a client that acts for itself', async () => {
      const { body } = await clientCredentials(stage.issuer, 'rucio', { scope: 'scim:read', audience: 'rucio' });
      expect(await read(body.access_token)).toEqual({ status: 200, user: 'rucio' });
    });
  });
});
