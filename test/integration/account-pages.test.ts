/** My account over HTTP: what people see and change of themselves, and that nobody does it for them (issue: pages). */

import { decodeJwt } from 'jose';
import { sql } from 'kysely';
import { authorize, login } from '../support/code-flow.ts';
import { post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type LogoutReceiver, startLogoutReceiver } from '../support/logout-receiver.ts';
import { signIn } from '../support/member-agent.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let receiver: LogoutReceiver;

beforeAll(async () => {
  receiver = await startLogoutReceiver();
  const portal = '  - clientId: portal ';
  const told = `  - clientId: told
    clientSecret: told-demo-secret
    grantTypes: [authorization_code]
    redirectUris: ["http://localhost:9000/callback"]
    backchannelLogoutUri: "${receiver.url}"
    scopes: [openid]
`;
  const lake = (await exampleLake()).replace(portal, `${told}${portal}`);
  issuer = await startIssuer({ lake, config: { allowPrivateFetch: [new URL(receiver.url).hostname] } });
});
afterAll(async () => {
  await issuer?.close();
  await receiver?.close();
});

const paths = ['account', 'account/sessions', 'account/applications', 'account/tokens', 'account/access'];
const audience = 'https://localhost:8444';

test.each(paths)('/%s sends who is not signed in to the login, and back', async (path) => {
  const page = await new UserAgent().get(`${issuer.url}${path}?x=1`);
  expect(page.location?.pathname).toBe('/login');
  expect(page.location?.searchParams.get('to')).toBe(`/${path}?x=1`);
});

test.each(paths)('/%s is there for everybody, and no hostile query breaks it (XI-05, XI-09)', async (path) => {
  const { open } = await signIn(issuer, 'bob');
  expect((await open(path)).status).toBe(200);
  const hostile = [
    'after=%00',
    'after=99999999999999999999:x',
    'after=999999999999999:%F0%9F%98%80',
    'from=0000-00-00&until=9999-12-31',
    'from=275760-09-13',
    'client=%00&scope=%25%27%22%3Cscript%3E',
    'path=/..&operation=own&at=never',
    'path=%2Fx%00',
    'storage=%00&path=/cta',
    'path=/cta&path=/ska&said=__proto__',
    `scope=${'x'.repeat(5000)}`,
  ];
  for (const query of hostile) {
    const page = await open(`${path}?${query}`);
    expect([200, 422]).toContain(page.status);
    expect(page.html).not.toContain('<script>');
  }
});

test('a form that another site sends changes nothing (SE-04)', async () => {
  const { agent, open } = await signIn(issuer, 'bob');
  const page = await open('account');
  const forged = await agent.submit(page, '/account', { name: 'Mallory', csrf: 'guessed' });
  expect(forged.status).toBe(403);
  expect((await open('account')).html).not.toContain('Mallory');
});

describe('profile', () => {
  test('name and institution are changed, and a name of two lines is not', async () => {
    const { open, send } = await signIn(issuer, 'bob');
    const saved = await send(await open('account'), '/account', { name: 'Bob B. Example', affiliation: 'ASTRON' });
    expect(saved.html).toContain('Your profile was changed.');
    expect(saved.html).toContain('value="Bob B. Example"');
    const refused = await send(saved, '/account', { name: 'two\nlines', affiliation: '' });
    expect(refused.status).toBe(422);
    expect((await open('account')).html).toContain('value="Bob B. Example"');
  });

  test('a new mail address counts once its link was confirmed, by the account that asked, once; the old one is told', async () => {
    const { open, send, agent } = await signIn(issuer, 'bob');
    const sent = await send(await open('account'), '/account/email', { email: 'bob@new.example' });
    expect(sent.html).toContain('A link was sent to the new address.');
    expect(sent.html).toContain('bob@example.org');
    const link = await linkTo('bob@new.example');
    // Whatever host the request named (XI-16).
    expect(link).toContain(`${issuer.url}account/email?link=`);

    const alice = await signIn(issuer, 'alice');
    const stolen = await alice.send(await alice.open(link), '/account/email/confirm');
    expect(stolen.status).toBe(404);

    const shown = await open(link);
    const confirmed = await agent.follow(await agent.submit(shown, '/account/email/confirm'));
    expect(confirmed.html).toContain('Your mail address was changed.');
    expect(confirmed.html).toContain('bob@new.example');
    expect((await agent.submit(shown, '/account/email/confirm')).status).toBe(404);
    expect(await kindsTo('bob@example.org')).toEqual(['account.email-changed']);
  });

  test('a session that was left open is not enough to have it changed: the login comes first', async () => {
    const { agent, open } = await signIn(issuer, 'bob');
    const page = await open('account');
    issuer.clock.advance(16 * 60);
    const sent = await agent.submit(page, '/account/email', { email: 'eve@evil.example' });
    expect([sent.location?.pathname, sent.location?.searchParams.get('again')]).toEqual(['/login', '1']);
    const mails = issuer.database.db.selectFrom('outbox').select('id').where('recipient', '=', 'eve@evil.example');
    expect(await mails.execute()).toEqual([]);
  });

  test('what a form has beside its fields counts for nothing (EG-18)', async () => {
    const { open, send } = await signIn(issuer, 'bob');
    const more = {
      name: 'Bob',
      roles: 'admin',
      email: 'x@example.org',
      emailVerified: 'true',
      groups: '/escape/cta/p17',
    };
    const saved = await send(await open('account'), '/account', more);
    expect(saved.html).not.toContain('x@example.org');
    expect((await open('admin')).status).toBe(403);
  });

  test('what is no mail address is refused (XI-12)', async () => {
    const { open, send } = await signIn(issuer, 'bob');
    const page = await open('account');
    for (const email of ['', 'bob', 'a@b@c', 'x@example.org\r\nbcc: y@example.org']) {
      expect((await send(page, '/account/email', { email })).status).toBe(422);
    }
  });

  async function linkTo(recipient: string): Promise<string> {
    const { rows } = await sql<{ url: string }>`
      SELECT data ->> 'url' AS url FROM outbox WHERE recipient = ${recipient}`.execute(issuer.database.db);
    return rows[0]?.url ?? '';
  }

  async function kindsTo(recipient: string): Promise<readonly string[]> {
    const { rows } = await sql<{ kind: string }>`
      SELECT kind FROM outbox WHERE recipient = ${recipient}`.execute(issuer.database.db);
    return rows.map(({ kind }) => kind);
  }
});

describe('sessions', () => {
  test('the present browser is marked, another one is ended and has to sign in again', async () => {
    const [here, there] = [await signIn(issuer, 'dana'), await signIn(issuer, 'dana')];
    const page = await here.open('account/sessions');
    expect(page.html.match(/this browser/g)).toHaveLength(1);
    const ended = await here.send(page, '/account/sessions');
    expect(ended.html).toContain('The session was ended.');
    expect((await there.agent.get(`${issuer.url}account`)).location?.pathname).toBe('/login');
    expect((await here.agent.get(`${issuer.url}account`)).status).toBe(200);
  });

  test('a service that signed in by a session is told of its end (SE-18)', async () => {
    const [here, there] = [await signIn(issuer, 'dana'), await signIn(issuer, 'dana')];
    await authorize(issuer, there.agent, { client_id: 'told', scope: 'openid' }, { username: 'dana' });
    const arrived = receiver.next();
    await here.send(await here.open('account/sessions'), '/account/sessions/others');
    expect(decodeJwt(await arrived)).toMatchObject({ aud: 'told', sub: '5a1e0000-0000-4000-8000-000000000003' });
  });

  test('all others are ended at once, and nobody ends those of somebody else', async () => {
    const here = await signIn(issuer, 'dana');
    const others = [await signIn(issuer, 'dana'), await signIn(issuer, 'dana')];
    const bob = await signIn(issuer, 'bob');
    const { rows } = await sql<{ uid: string }>`
      SELECT uid FROM artifacts WHERE model = 'Session' AND payload ->> 'accountId' LIKE '%03'`.execute(
      issuer.database.db,
    );
    const spare = await signIn(issuer, 'bob');
    const form = await bob.open('account/sessions');
    const theft = await bob.send(form, '/account/sessions', { session: rows[0]?.uid ?? '' });
    expect(theft.status).toBe(404);
    const ended = await here.send(await here.open('account/sessions'), '/account/sessions/others');
    expect(ended.html).toContain('All other sessions were ended.');
    for (const { agent } of others) expect((await agent.get(`${issuer.url}account`)).location?.pathname).toBe('/login');
    expect((await spare.agent.get(`${issuer.url}account`)).status).toBe(200);
  });

  test('many come in pages that stay small, each once', async () => {
    const here = await signIn(issuer, 'dana');
    await sql`INSERT INTO artifacts (model, id_hash, payload, uid, expires_at)
      SELECT model, id_hash || n, payload, 'copied-' || n, expires_at FROM artifacts, generate_series(1, 120) AS n
      WHERE model = 'Session' AND payload ->> 'accountId' LIKE '%03'
      ORDER BY payload ->> 'loginTs' DESC LIMIT 120`.execute(issuer.database.db);
    const found: string[] = [];
    for (let path: string | undefined = 'account/sessions'; path !== undefined; ) {
      const { html } = await here.open(path);
      expect(html.length).toBeLessThan(50_000);
      found.push(...[...html.matchAll(/name="session" value="([^"]+)"/g)].map(([, uid]) => uid ?? ''));
      path = /href="\/(account\/sessions\?after=[^"]+)"[^>]*>[^<]*(?:Next|next)/.exec(html)?.[1];
    }
    expect(found).toHaveLength(new Set(found).size);
    expect(found.length).toBeGreaterThanOrEqual(120);
  });
});

describe('applications and tokens', () => {
  test('a token is found, explained and revoked with the access behind it', async () => {
    const { agent, open, send } = await signIn(issuer, 'alice');
    const scope = 'openid offline_access storage.read:/cta/open';
    const tokens = await login(issuer, { scope, audience, prompt: 'consent' }, { agent });
    expect(tokens.status).toBe(200);
    const list = await open('account/tokens?client=portal&scope=storage.read&live=yes');
    expect(list.html).toContain('storage.read:/cta/open');
    expect((await open('account/tokens?client=rucio')).html).toContain('No token was issued for you that meets this.');
    const [, path = ''] = /href="(\/account\/tokens\/[^"]+)"/.exec(list.html) ?? [];
    const one = await open(path);
    expect(one.html).toContain('at a sign-in');
    expect(one.html).toContain('members-read');
    const revoked = await send(one, path, { chain: 'yes', reason: 'lost' });
    expect(revoked.html).toContain('The token was revoked.');
    const introspected = await post(issuer, '/introspect', { token: tokens.body.access_token }, { client: 'portal' });
    expect(introspected.body.active).toBe(false);
    const refreshed = await post(
      issuer,
      '/token',
      { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token },
      { client: 'portal' },
    );
    expect(refreshed.body.error).toBe('invalid_grant');
  });

  test("somebody else's token is not there", async () => {
    const alice = await signIn(issuer, 'alice');
    const [, path = ''] = /href="(\/account\/tokens\/[^"]+)"/.exec((await alice.open('account/tokens')).html) ?? [];
    expect(path).not.toBe('');
    expect((await (await signIn(issuer, 'bob')).open(path)).status).toBe(404);
  });

  test('an application is shown with what it may do, and its access is taken back', async () => {
    const { agent, open, send } = await signIn(issuer, 'bob');
    const scope = 'openid offline_access storage.read:/ska';
    const tokens = await login(issuer, { scope, audience, prompt: 'consent' }, { agent, username: 'bob' });
    const page = await open('account/applications');
    expect(page.html).toContain('Data Lake portal');
    expect(page.html).toContain('Read files below /ska');
    const revoked = await send(page, '/account/applications');
    expect(revoked.html).toContain('The access was taken back.');
    const body = { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token };
    expect((await post(issuer, '/token', body, { client: 'portal' })).body.error).toBe('invalid_grant');
  });
});

describe('what may I read?', () => {
  const ask = async (username: string, query: string) =>
    (await (await signIn(issuer, username)).open(`account/access?${query}`)).html;

  test('the whole of what is open, a part of what has an embargo inside, nothing of what is closed', async () => {
    expect(await ask('bob', 'path=/magic')).toContain('Yes: you may read /magic and everything below it.');
    const part = await ask('bob', 'path=/cta/restricted&storage=LOCAL-XROOTD');
    expect(part).toContain('In part: of /cta/restricted you may read what is listed here.');
    expect(part).toContain('/cta/restricted/p17/calib');
    const no = await ask('bob', 'path=/cta/restricted/p17/run1&storage=LOCAL-XROOTD');
    expect(no).toContain('No: you may not read /cta/restricted/p17/run1. These data are under embargo.');
  });

  test('a party may, and after its end so may everybody', async () => {
    const query = 'path=/cta/restricted/p17/run1&storage=LOCAL-XROOTD';
    expect(await ask('alice', query)).toContain('Yes: you may read /cta/restricted/p17/run1');
    expect(await ask('bob', `${query}&at=2027-06-01T00:00`)).toContain('Yes: you may read /cta/restricted/p17/run1');
  });

  test('what groups give and what closes it is listed, without the title and the parties of the embargo', async () => {
    const page = await ask('bob', '');
    expect(page).toContain('group:/escape/ska');
    expect(page).toContain('/cta/restricted/p17');
    expect(page).not.toContain('CTA proposal 17');
    expect(page).not.toContain('group:/escape/cta/p17');
  });
});
