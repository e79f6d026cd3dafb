/** The protocol library's self-submitting forms in our layout. */
import { fileURLToPath } from 'node:url';
// @ts-expect-error internal module without types
import formPost from 'oidc-provider/lib/response_modes/form_post.js';
import { libraryForms } from '../../../src/http/pages/library-forms.ts';
import { createPages } from '../../../src/http/pages/render.ts';
import { fakeContext } from '../../support/fake-context.ts';

const viewsDir = fileURLToPath(new URL('../../../views', import.meta.url));
const middleware = libraryForms(createPages({ viewsDir, issuer: 'https://issuer.example/' }));

test('a form_post response keeps action and values, escaped, with a policy of its own (XI-07)', async () => {
  const ctx = fakeContext();
  const state = `"'><script>alert(1)</script>&amp;`;
  await middleware(ctx, async () => formPost(ctx, 'https://portal.example/cb?a=1&b=2', { code: 'abc', state }));
  const html = String(ctx.body);
  expect(html).toContain('<form method="post" action="https://portal.example/cb?a=1&amp;b=2">');
  expect(html).toContain('name="code" value="abc"');
  expect(html).toContain('name="state" value="&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"');
  expect(ctx.response.get('content-security-policy')).toMatch(
    /script-src 'sha256-[A-Za-z0-9+/=]{44}'; form-action 'self' https:;/,
  );
});

test('there is a button for browsers without script', async () => {
  const ctx = fakeContext();
  await middleware(ctx, async () => formPost(ctx, '/device', { xsrf: 'x' }));
  expect(String(ctx.body)).toMatch(/<button[^>]*type="submit"[^>]*>Continue<\/button>/);
});

test('any other answer passes unchanged', async () => {
  const ctx = fakeContext();
  await middleware(ctx, async () => {
    ctx.body = '<form method="post" action="/x"></form>';
  });
  expect(ctx.body).toBe('<form method="post" action="/x"></form>');
});
