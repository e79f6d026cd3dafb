/** Nobody learns who has an account: answers are alike in status, headers and body, and cost the same statements (BF-05, ASVS 5 V6.3). */
import pg from 'pg';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { signIn } from '../support/member-agent.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let server: MailServer;
let issuer: TestIssuer;
let statements: string[] = [];

const { query } = pg.Client.prototype as { query: (...args: unknown[]) => unknown };

beforeAll(async () => {
  server = await startMailServer();
  const lake = `${(await exampleLake()).replace(
    '\nclients:',
    '\n  - { username: gone, password: gone-demo-password, email: gone@example.org, state: suspended }\n  - { username: keyless, email: keyless@example.org }\n\nclients:',
  )}\nenrolment: { allow: anyone }\n`;
  issuer = await startIssuer({ lake, config: { smtpUrl: server.url } });
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args;
    statements.push(typeof first === 'string' ? first : String((first as { text?: string } | undefined)?.text));
    return query.apply(this, args);
  } as never;
});
afterAll(async () => {
  pg.Client.prototype.query = query as never;
  await issuer?.close();
  await server?.close();
});

const at = (path: string) => new URL(path, issuer.url);

/** Of what a visitor causes; the server's own regular work uses other words. */
const caused =
  /^(?:select|insert|update|delete|with)\b.*(?:"accounts"|login_attempts|password_hash|enrolments|into "outbox"|tickets)/is;

/** What the one who asks gets, and what it cost until then. */
async function seen(send: () => Promise<Page>, said: readonly string[]) {
  statements = [];
  const page = await send();
  const cost = statements.map((text) => text.trim()).filter((text) => caused.test(text));
  // What was typed is shown again, and every page has tokens of its own.
  const shown = said
    .filter((text) => text !== '')
    .reduce((html, text) => html.replaceAll(text, '…'), page.html)
    .replace(/value="[\w.-]{20,}"/g, '')
    .replace(/interaction\/[\w-]+/g, '');
  const headers = ['location', 'retry-after', 'cache-control'].map((name) => page.headers.get(name));
  return { status: page.status, headers, shown, cost: cost.map((text) => text.replace(/\s+/g, ' ').slice(0, 80)) };
}

async function logIn(username: string) {
  const agent = new UserAgent();
  const page = await agent.get(at('login'));
  return seen(() => agent.submit(page, '/login', { username, password: 'a wrong password' }), [username]);
}

/** What is kept for a while is read once, and the work of the start ends. */
beforeAll(async () => {
  let [before, now] = [-1, -2];
  for (let count = 0; before !== now; count += 1) {
    before = now;
    now = (await logIn(`somebody-${count}`)).cost.length;
  }
});

test('a login that fails, of an account, of nobody, of one that is suspended, and of one without a password', async () => {
  const known = await logIn('alice');
  expect(known.status).toBe(422);
  expect(known.cost.length).toBeGreaterThan(0);
  for (const username of ['nobody-here', 'gone', 'keyless', 'alice@example.org']) {
    expect({ username, ...(await logIn(username)) }).toEqual({ username, ...known });
  }
});

test('the right password of a suspended account', async () => {
  const send = async (username: string, password: string) => {
    const agent = new UserAgent();
    const page = await agent.get(at('login'));
    return seen(() => agent.submit(page, '/login', { username, password }), [username]);
  };
  expect(await send('gone', 'gone-demo-password')).toEqual(await send('nobody-there', 'gone-demo-password'));
});

test('a registration with an address that has an account, one that waits, and a new one', async () => {
  const register = async (email: string) => {
    const agent = new UserAgent();
    const page = await agent.get(at('register-account'));
    const fields = { givenName: 'Ada', familyName: 'Lovelace', email, note: 'please' };
    return seen(() => agent.submit(page, '/register-account', fields), [email]);
  };
  const fresh = await register('one@example.net');
  expect(fresh.status).toBe(303);
  const taken = ['alice@example.org', 'gone@example.org', 'ALICE@EXAMPLE.ORG'];
  for (const email of ['two@example.net', 'one@example.net', ...taken]) {
    const { cost, ...answer } = await register(email);
    const { cost: first, ...expected } = fresh;
    expect({ email, ...answer }).toEqual({ email, ...expected });
    expect({ email, statements: cost.length }).toEqual({ email, statements: first.length });
  }
});

// After the others: its mails are written after its answers, which is why its cost tells nothing.
test('a forgotten password', async () => {
  const ask = async (login: string) => {
    const agent = new UserAgent();
    const page = await agent.get(at('forgotten-password'));
    const { cost: _later, ...answer } = await seen(() => agent.submit(page, '/forgotten-password', { login }), [login]);
    return answer;
  };
  const known = await ask('alice');
  expect(known.status).toBe(303);
  for (const login of ['nobody-here', 'gone', 'alice@example.org', 'nobody@example.org', 'keyless']) {
    expect({ login, ...(await ask(login)) }).toEqual({ login, ...known });
  }
});

test('an invitation to own a client', async () => {
  const { agent, open } = await signIn(issuer, 'alice');
  const made = await agent.submit(await open('account/clients/new'), '/account/clients/new', {
    name: 'Notebook',
    kind: 'web',
    redirectUris: 'https://notebook.example/cb',
  });
  const id = /\/account\/clients\/([\w-]{8,})"/.exec(made.html)?.[1] ?? '';
  const place = `account/clients/${id}`;
  const invite = async (username: string) => {
    const page = await open(place);
    expect(page.status).toBe(200);
    return seen(() => agent.submit(page, `/${id}/owners`, { username }), [username]);
  };
  const { cost: _first, ...known } = await invite('bob');
  const { cost: _other, ...unknown } = await invite('nobody-here');
  expect(unknown).toEqual(known);
});
