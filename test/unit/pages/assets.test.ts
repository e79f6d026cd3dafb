/** The style sheet over HTTP. */
import { fileURLToPath } from 'node:url';
import { loadAssets } from '../../../src/http/pages/assets.ts';
import { type FakeRequest, fakeContext } from '../../support/fake-context.ts';

const assets = loadAssets(fileURLToPath(new URL('../../../views', import.meta.url)), '');

async function get(path: string, request: FakeRequest = {}) {
  const ctx = fakeContext({ path, ...request });
  await assets.middleware(ctx, async () => undefined);
  return ctx;
}

test('the address in the pages is kept for good, as it changes with the content', async () => {
  const ctx = await get(assets.urls.css);
  expect(ctx.status).toBe(200);
  expect(ctx.response.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(ctx.response.get('content-type')).toBe('text/css; charset=utf-8');
});

test('the plain address is kept for minutes', async () => {
  const ctx = await get('/assets/sluice.css');
  expect(ctx.response.get('cache-control')).toBe('public, max-age=300');
});

test('a browser that has it already is told so', async () => {
  const etag = (await get('/assets/sluice.css')).response.get('etag');
  const ctx = await get('/assets/sluice.css', { headers: { 'if-none-match': etag } });
  expect(ctx.status).toBe(304);
  expect(ctx.body).toBeUndefined();
});

test.each(['/assets/', '/assets/..%2f..%2fetc/passwd', '/assets/../package.json', '/assets/sluice.css/x'])(
  'nothing else is served: %s (XI-15)',
  async (path) => {
    expect((await get(path)).body).toBeUndefined();
  },
);
