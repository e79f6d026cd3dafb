/** oidc-agent of Debian as people use it: device flow, narrowed tokens and other audiences by refresh, dynamic registration (services.md; B-1). */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { decode } from '../support/http.ts';
import { ensurePackages } from '../support/packages.ts';
import { UserAgent } from '../support/user-agent.ts';
import { userToken } from './party-code.ts';
import { describeParty, openPartyStage, type PartyStage } from './party-stage.ts';

const run = promisify(execFile);
const missing = await ensurePackages(['oidc-agent-cli', 'openssl']);
const version = missing === null ? (await run('oidc-agent', ['--version'])).stdout.trim() : 'oidc-agent';

describeParty(version, { missing }, () => {
  let stage: PartyStage;
  let environment: Record<string, string>;
  let agent: string | undefined;

  beforeAll(async () => {
    stage = await openPartyStage();
    const home = join(stage.place.directory, 'agent');
    const configuration = join(home, '.oidc-agent');
    await mkdir(configuration, { recursive: true, mode: 0o700 });
    await writeFile(join(configuration, 'issuer.config'), `${stage.issuer.url}\n`);
    environment = { PATH: process.env.PATH ?? '', HOME: home, OIDC_CONFIG_DIR: configuration, OIDC_PW: 'a password' };
    const { stdout } = await run('oidc-agent', [], { env: environment });
    for (const [, name = '', value = ''] of stdout.matchAll(/(OIDC\w+)=([^;]+);/g)) environment[name] = value;
    agent = environment.OIDCD_PID;
  });
  afterAll(async () => {
    if (agent !== undefined) process.kill(Number(agent));
    await stage?.close();
  });

  /** Runs oidc-gen until it shows a code, has the user confirm it, and waits for its end. */
  async function generate(name: string, more: readonly string[]): Promise<string> {
    const unattended = ['--flow=device', ...attendance(), '--iss', stage.issuer.url];
    return untilConfirmed(spawn('oidc-gen', [name, ...unattended, ...more], { env: environment }));
  }

  /** The same with a function of `oidc-agent.sh` as `sluice config oidc-agent` prints it. */
  async function callPrinted(name: string, ...args: readonly string[]): Promise<string> {
    const functions = await stage.configuration(['oidc-agent', '--client', 'cli', '--part', 'oidc-agent.sh']);
    const script = `${functions}\n${name} "$@"`;
    return untilConfirmed(spawn('bash', ['-c', script, name, ...args, ...attendance()], { env: environment }));
  }

  /** What a person at a terminal would answer. */
  function attendance(): string[] {
    const answers = ['--pw-env=OIDC_PW', '--confirm-default', '--prompt=none', '--no-url-call'];
    return [...answers, '--cp', stage.certificates.ca];
  }

  async function untilConfirmed(child: ChildProcess): Promise<string> {
    let text = '';
    let isConfirmed: Promise<void> | undefined;
    const read = (piece: Buffer) => {
      text += piece.toString();
      const [, page, code] = /visit:\s+(https:\S+)[\s\S]*code: ([\w-]+)/.exec(text) ?? [];
      if (code !== undefined) isConfirmed ??= confirm(`${page}?user_code=${code}`);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    const status = await new Promise((resolve) => child.once('close', resolve));
    await isConfirmed;
    if (status !== 0) throw new Error(`oidc-gen ended with ${status}: ${text}`);
    return text;
  }

  async function confirm(url: string): Promise<void> {
    const browser = new UserAgent();
    const asked = await browser.follow(await browser.get(new URL(url)));
    const entered = asked.html.includes('name="confirm"') ? asked : await browser.submit(asked, '/device');
    const login = await browser.follow(await browser.submit(entered, '/device', { confirm: 'yes' }));
    const consent = await browser.follow(
      await browser.submit(login, '/login', { username: 'alice', password: 'alice-demo-password' }),
    );
    const scope = [...consent.html.matchAll(/name="scope" value="([^"]+)"/g)].map(([, one = '']) => one);
    await browser.follow(await browser.submit(consent, '/consent', { scope }));
  }

  async function token(name: string, ...more: readonly string[]) {
    const { stdout } = await run('oidc-token', [name, ...more], { env: environment });
    return decode(stdout.trim()).claims;
  }

  test('device flow with the preregistered client; each token narrowed, for another audience, by a rotated refresh token', async () => {
    const scope = 'openid offline_access storage.read:/cta';
    await generate('lake', ['--client-id', 'cli', '--client-secret', '', '--scope', scope]);
    const whole = await token('lake');
    expect(whole).toMatchObject({ client_id: 'cli', aud: 'https://wlcg.cern.ch/jwt/v1/any' });
    expect(whole.scope.split(' ')).toContain('storage.read:/cta/open');
    expect(await token('lake', '--scope', 'storage.read:/cta/open')).toMatchObject({ scope: 'storage.read:/cta/open' });
    const elsewhere = await token('lake', '--aud', 'rucio', '--scope', 'openid');
    expect(elsewhere).toMatchObject({ aud: 'rucio', scope: 'openid' });
    const { rotations } = await stage.issuer.database.db
      .selectFrom('refresh_tokens')
      .select((select) => select.fn.count('successor_nonce').as('rotations'))
      .where('client_id', '=', 'cli')
      .executeTakeFirstOrThrow();
    expect(Number(rotations)).toBe(1);
  });

  test('dynamic registration with the token of a logged-in user; the new client opens no storage', async () => {
    const initial = await userToken(stage.issuer, { scope: 'openid' });
    const scope = 'openid offline_access wlcg.groups storage.read:/cta/open';
    const told = await generate('own', ['--at', initial, '--scope', scope]);
    expect(stripVTControlCharacters(told)).not.toMatch(/error/i);
    const own = await token('own');
    expect(own.client_id).not.toBe('cli');
    expect(own.scope).toBe('openid offline_access wlcg.groups');
    expect(own['wlcg.groups']).toContain('/escape');
    await expect(token('own', '--scope', 'storage.read:/cta/open')).rejects.toThrow(/invalid_scope/);
  });

  test('the functions that `sluice config` prints log in, narrow, and register, as they are', async () => {
    await callPrinted('with_preregistered_client');
    expect(await token('escape', '--scope', 'storage.read:/cta/open')).toMatchObject({ client_id: 'cli' });
    await callPrinted('with_client_of_my_own', await userToken(stage.issuer, { scope: 'openid' }));
    const own = await token('escape-own');
    expect(own.client_id).not.toBe('cli');
    expect(own.scope).toBe('openid profile offline_access');
  });

  test('without such a token nobody registers', async () => {
    await expect(generate('nobody', ['--scope', 'openid'])).rejects.toThrow(/oidc-gen ended with 1/);
  });
});
