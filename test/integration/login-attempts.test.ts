/** Guessing passwords is slow in all processes together, and shuts nobody out (ADR 0012). */
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
const right = 'alice-demo-password';

beforeEach(async () => {
  // A proxy in front says where requests come from.
  issuer = await startIssuer({ instances: 2, config: { trustedProxies: ['127.0.0.1'] } });
});
afterEach(() => issuer.close());

/** One browser in one network. */
class Visitor extends UserAgent {
  readonly #address: string;

  constructor(address: string) {
    super();
    this.#address = address;
  }

  override request(url: URL, method: string, body?: URLSearchParams, from?: URL): Promise<Page> {
    return super.request(url, method, body, from, { 'x-forwarded-for': this.#address });
  }

  async signIn(username: string, password: string): Promise<Page> {
    return this.submit(await this.get(`${issuer.url}login`), '/login', { username, password });
  }
}

async function statuses(times: number, attempt: (index: number) => Promise<Page>): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < times; index += 1) found.push((await attempt(index)).status);
  return found;
}

const alert = ({ html }: Page) => /role="alert">([^<]*)</.exec(html)?.[1];

test('after five wrong passwords for an account its network waits, each time longer, and then gets in', async () => {
  const visitor = new Visitor('192.0.2.1');
  expect(await statuses(6, () => visitor.signIn('alice', 'wrong'))).toEqual([422, 422, 422, 422, 422, 429]);
  const refused = await visitor.signIn('alice', right);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('5');
  issuer.clock.advance(5);
  expect((await visitor.signIn('alice', 'wrong')).status).toBe(422);
  expect((await visitor.signIn('alice', right)).headers.get('retry-after')).toBe('10');
  issuer.clock.advance(10);
  expect((await visitor.signIn('alice', right)).status).toBe(303);
  expect(await statuses(4, () => visitor.signIn('alice', 'wrong'))).toEqual([422, 422, 422, 422]);
});

test('who guesses from elsewhere does not keep the account out, in a new browser or a known one', async () => {
  const home = new Visitor('192.0.2.1');
  expect((await home.signIn('alice', right)).status).toBe(303);
  for (let network = 0; network < 40; network += 1) {
    await statuses(3, () => new Visitor(`198.51.100.${network}`).signIn('alice', 'wrong'));
    issuer.clock.advance(61);
  }
  expect((await new Visitor('198.51.100.7').signIn('alice', 'wrong')).status).toBe(422);
  expect((await new Visitor('203.0.113.9').signIn('alice', right)).status).toBe(429);
  expect((await home.signIn('alice', right)).status).toBe(303);
  issuer.clock.advance(61);
  expect((await new Visitor('203.0.113.9').signIn('alice', right)).status).toBe(303);
});

test('a known browser that guesses waits as well, and its mark counts for its account alone', async () => {
  const home = new Visitor('192.0.2.1');
  expect((await home.signIn('alice', right)).status).toBe(303);
  expect(await statuses(6, () => home.signIn('alice', 'wrong'))).toEqual([422, 422, 422, 422, 422, 429]);
  expect(await statuses(6, () => home.signIn('bob', 'wrong'))).toEqual([422, 422, 422, 422, 422, 429]);
});

test.each([
  ['made up', () => `${'A'.repeat(16)}.20000.${'A'.repeat(43)}`],
  ['of another account', (mark: string) => mark],
  ['with another day', (mark: string) => mark.replace(/\.\d+\./, '.20781.')],
])('a mark that is %s makes no known browser', async (_what, forge) => {
  const bob = new Visitor('192.0.2.2');
  expect((await bob.signIn('bob', 'bob-demo-password')).status).toBe(303);
  const mark = bob.cookies.get('sluice_known')?.value ?? '';
  expect(mark).toMatch(/^[\w-]+\.\d+\.[\w-]+$/);
  const thief = new Visitor('192.0.2.3');
  thief.cookies.set('sluice_known', { value: forge(mark), path: '/' });
  await statuses(5, () => new Visitor('192.0.2.3').signIn('alice', 'wrong'));
  expect((await thief.signIn('alice', right)).status).toBe(429);
});

test('one password for 500 users from one network is stopped with Retry-After (BF-03)', async () => {
  const visitor = new Visitor('192.0.2.1');
  const found = await statuses(80, (index) => visitor.signIn(`user${index}`, 'Summer2026!'));
  expect(found.filter((status) => status === 422)).toHaveLength(50);
  const refused = await visitor.signIn('user500', 'Summer2026!');
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await new Visitor('192.0.2.200').signIn('alice', right)).status).toBe(303);
}, 60_000);

test('right passwords do not delay each other, however many at a time from one network', async () => {
  const names = ['alice', 'bob'];
  const pages = await Promise.all(
    Array.from({ length: 40 }, (_, index) => names[index % 2] ?? '').map((name) =>
      new Visitor('192.0.2.1').signIn(name, `${name}-demo-password`),
    ),
  );
  expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 303));
}, 60_000);

test('many guesses at a time are counted like one after the other, over both processes', async () => {
  const visitors = Array.from({ length: 20 }, () => new Visitor('192.0.2.1'));
  const pages = await Promise.all(visitors.map((visitor) => visitor.signIn('alice', 'wrong')));
  expect(pages.filter(({ status }) => status !== 429).length).toBeLessThanOrEqual(5);
});

test('an unknown name is answered and delayed like a known one (BF-05)', async () => {
  const known = new Visitor('192.0.2.1');
  const unknown = new Visitor('192.0.2.2');
  for (let count = 0; count < 7; count += 1) {
    const [a, b] = [await known.signIn('alice', 'wrong'), await unknown.signIn('nobody', 'wrong')];
    expect([b.status, alert(b), b.headers.get('retry-after')]).toEqual([
      a.status,
      alert(a),
      a.headers.get('retry-after'),
    ]);
  }
});

test('nothing that was typed is kept or logged', async () => {
  await new Visitor('192.0.2.1').signIn('my-password-by-mistake', 'wrong-secret-word');
  const rows = await issuer.database.db.selectFrom('login_attempts').selectAll().execute();
  const kept = JSON.stringify([rows, issuer.logLines()]);
  expect(rows.length).toBeGreaterThan(0);
  expect(kept).not.toContain('by-mistake');
  expect(kept).not.toContain('wrong-secret-word');
});

test('a laboratory behind one address signs in at once, and a right password is never slowed by others', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `member${index}`);
  const accounts = names.map((username) => `{ username: ${username}, password: ${username}-demo-password }`);
  await issuer.apply(`version: 1\naccounts: [${accounts.join(', ')}]\n`);
  const signIn = (name: string) => new Visitor('192.0.2.1').signIn(name, `${name}-demo-password`);
  const together = await Promise.all(names.map(signIn));
  expect(together.map(({ status }) => status)).toEqual(names.map(() => 303));
  const again = await Promise.all(names.map(signIn));
  expect(again.map(({ status }) => status)).toEqual(names.map(() => 303));
});
