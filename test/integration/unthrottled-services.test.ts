import { createDpopKey } from '../support/dpop.ts';
import { clientCredentials, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true });
});
afterAll(() => issuer?.close());

const many = <T>(count: number, ask: () => Promise<T>) => Promise.all(Array.from({ length: count }, ask));

test('a privileged service gets a token for each of many requests at once, also when all wait for the database', async () => {
  const tokens = await many(200, () => clientCredentials(issuer, 'rucio', { scope: 'fts' }));
  expect(new Set(tokens.map(({ status }) => status))).toEqual(new Set([200]));
  const key = await createDpopKey();
  // Each writes that its proof was used: more writers than there are connections.
  const written = await many(60, async () => {
    const dpop = await key.proof('POST', new URL('token', issuer.url));
    const fields = { grant_type: 'client_credentials', scope: 'fts' };
    const authorization = `Basic ${btoa('rucio:rucio-demo-secret')}`;
    return post(issuer, '/token', fields, { headers: { authorization, dpop } });
  });
  expect(new Set(written.map(({ status }) => status))).toEqual(new Set([200]));
});

test('failures of others do not slow a privileged service down', async () => {
  await many(100, () =>
    post(issuer, '/token', { grant_type: 'client_credentials', client_id: 'rucio', client_secret: 'x' }),
  );
  expect((await clientCredentials(issuer, 'rucio', { scope: 'fts' })).status).toBe(200);
});
