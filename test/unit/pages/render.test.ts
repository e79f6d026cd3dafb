/** What every page keeps, whatever it is given. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ViewModels, ViewName } from '../../../src/http/pages/models.ts';
import { createPages } from '../../../src/http/pages/render.ts';
import { fakeContext } from '../../support/fake-context.ts';

const viewsDir = fileURLToPath(new URL('../../../views', import.meta.url));
const pages = createPages({ viewsDir, issuer: 'https://issuer.example/' });

/** Ends an attribute, ends an element, starts a script: none of it may come out as it went in. */
const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;`;
const form = { action: hostile, csrf: hostile };
const scope = { scope: hostile, sentence: hostile };
const parts = [{ sentence: hostile, code: hostile }];
const left = [{ path: hostile, isRest: true, reason: hostile }];
const row = { ...scope, partsLead: hostile, parts, moreParts: parts, left, moreLeft: left, notes: [hostile] };
const who = { clientName: hostile, username: hostile, audiences: [hostile] };

const field = { id: 'one', label: hostile, hint: hostile, error: hostile, value: hostile };
const passkey = { action: hostile, kind: 'get', options: hostile, ticket: hostile, submit: hostile } as const;
const offer = {
  action: hostile,
  ticket: hostile,
  text: hostile,
  picture: '<svg></svg>',
  field: { ...field, id: 'two' },
};
const problem = { csrf: hostile, error: hostile };

/** Pages for who is signed in are seen in a browser (test/browser) and have the same partials. */
const models: Omit<ViewModels, `${string}/${string}`> = {
  login: {
    ...form,
    clientName: hostile,
    username: hostile,
    to: null,
    chooser: {
      last: { href: hostile, title: hostile },
      providers: [{ href: hostile, title: hostile }],
      more: true,
      search: { action: hostile, value: hostile, hidden: [[hostile, hostile]] },
    },
    again: true,
    error: hostile,
    passkey: '/login/passkey',
    cancelAction: hostile,
  },
  consent: {
    ...form,
    ...who,
    returnsTo: hostile,
    until: { instant: hostile, text: hostile, reason: hostile },
    fixed: [{ ...row, code: hostile, choice: false }],
    choices: [
      { ...row, code: hostile, choice: true },
      { ...row, code: null, choice: true },
    ],
    claims: [hostile],
    refused: [{ ...scope, reason: hostile }],
    allOrNothing: false,
    keepsAccess: true,
    cancelAction: hostile,
  },
  blocked: { ...form, ...who, refused: [{ ...scope, reason: hostile }] },
  'device-input': { action: hostile, xsrf: hostile, code: hostile, error: hostile },
  'device-confirm': {
    action: hostile,
    xsrf: hostile,
    clientName: hostile,
    code: hostile,
    address: hostile,
    agent: hostile,
  },
  logout: { action: hostile, xsrf: hostile, clientName: hostile, upstream: { title: hostile, action: hostile } },
  message: { title: hostile, text: hostile, good: true },
  error: { title: hostile, text: hostile, code: hostile, description: hostile, requestId: hostile },
  'second-factor': {
    ...problem,
    username: hostile,
    passkey,
    code: { action: hostile, field },
    restart: hostile,
  },
  'second-factor-setup': { ...problem, passkey: { ...passkey, kind: 'create', field }, offer },
  'recovery-codes': { csrf: hostile, action: hostile, recoveryCodes: [hostile] },
  passkey: { ...problem, passkey, to: hostile, back: hostile },
  continue: { action: hostile, fields: [{ name: hostile, value: hostile }], script: '' },
  home: { issuer: hostile, username: hostile },
};
const names = Object.keys(models) as (keyof typeof models & ViewName)[];

function render<V extends keyof typeof models & ViewName>(view: V, options = {}) {
  const ctx = fakeContext();
  pages.render(ctx, view, models[view] as ViewModels[V], { heading: hostile, ...options });
  return { html: String(ctx.body), ctx };
}

describe.each(names)('the page %s', (view) => {
  test('shows hostile values as text (XI-04, XI-05, XI-07)', () => {
    const { html } = render(view);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('alert(1)</script>');
    expect(html).toContain('&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  test('has a language, a title, a main landmark and one first heading', () => {
    const { html } = render(view);
    expect(html).toMatch(/<html lang="en">/);
    expect(html).toMatch(/<title>[^<]+ · Sluice<\/title>/);
    expect(html.match(/<main/g)).toHaveLength(1);
    expect(html.match(/<h1>/g)).toHaveLength(1);
  });

  test('loads nothing from elsewhere and has no inline style or event handler', () => {
    const { html } = render(view);
    const loaded = [...html.matchAll(/<(?:link|script|img|iframe)\b[^>]*?(?:href|src)="([^"]*)"/g)].map(
      ([, url]) => url,
    );
    expect(loaded.every((url) => url?.startsWith('/assets/'))).toBe(true);
    expect(html).not.toMatch(/<style|<[^>]+\sstyle=/);
  });

  test('gives every visible input a label', () => {
    const { html } = render(view);
    const inputs = [...html.matchAll(/<input [^>]*?id="([^"]+)"/g)].map(([, id]) => id);
    for (const id of inputs) expect(html).toContain(`for="${id}"`);
    expect(html.match(/<input /g)?.length ?? 0).toBe(inputs.length + (html.match(/type="hidden"/g)?.length ?? 0));
  });

  test('forbids scripts, frames and caching', () => {
    const { ctx } = render(view);
    const policy = ctx.response.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toContain('script-src');
    expect(policy).not.toContain('unsafe');
    expect(ctx.response.get('cache-control')).toBe('no-store');
    expect(ctx.response.get('x-content-type-options')).toBe('nosniff');
  });
});

test('a form that ends at an application names its origin in form-action, beside this server', () => {
  const { ctx } = render('login', { formTargets: ['https://portal.example'] });
  expect(ctx.response.get('content-security-policy')).toContain("form-action 'self' https://portal.example;");
});

test('an error is announced: role alert, the fields refer to it, and the title says so', () => {
  const { html } = render('login');
  expect(html).toMatch(/<p class="alert" id="problem" role="alert">/);
  expect(html.match(/aria-describedby="problem"/g)).toHaveLength(2);
  expect(html).toMatch(/<title>Error: /);
});

test('an issuer with a path has it before every address on a page', () => {
  const ctx = fakeContext();
  const below = createPages({ viewsDir, issuer: 'https://issuer.example/vo/' });
  below.render(ctx, 'home', models.home, { heading: 'x' });
  const addresses = [...String(ctx.body).matchAll(/href="(\/[^"]*)"/g)].map(([, url]) => url);
  expect(addresses.length).toBeGreaterThan(3);
  expect(addresses.every((url) => url?.startsWith('/vo/'))).toBe(true);
});

test('the style sheet is smaller than 18 kB and loads nothing', () => {
  const css = readFileSync(`${viewsDir}/assets/sluice.css`, 'utf8');
  expect(Buffer.byteLength(css)).toBeLessThan(18_000);
  expect(css).not.toMatch(/url\(|@import/);
});
