import { renderMail } from '../../../src/mail/render.ts';
import { isMailAddress } from '../../../src/shared/mail-address.ts';

const sender = { url: 'https://issuer.example/' };

test('the subject is one line, whatever its data bring (XI-12)', () => {
  const { subject } = renderMail({ subject: 'Hello\r\nBcc: x@y.example\u2028more', paragraphs: [] }, sender);
  expect(subject).toBe('Hello Bcc: x@y.example more');
});

test('HTML shows values as text, and says where a button leads', () => {
  const { html, text } = renderMail(
    {
      subject: '<b>',
      paragraphs: ['Dear <script>alert(1)</script>,\nwelcome.'],
      action: { label: 'Go & see', url: 'https://issuer.example/a?b=c&d="e' },
    },
    sender,
  );
  expect(html).not.toMatch(/<script|<b>/);
  expect(html).toContain('Dear &lt;script&gt;alert(1)&lt;/script&gt;,<br>welcome.');
  expect(html).toContain('href="https://issuer.example/a?b=c&amp;d=&quot;e"');
  expect(text).toContain('Go & see:\nhttps://issuer.example/a?b=c&d="e');
});

test.each([
  ['alice@example.org', true],
  ["o'neil+lake@sub.example.org", true],
  ['josé@exämple.org', true],
  ['a@localhost', true],
  ['a@b.c\r\nBcc: x@y.example', false],
  ['a@b.c,d@e.f', false],
  ['<a@b.c>', false],
  ['a b@c.d', false],
  ['"a"@b.c', false],
  ['a@', false],
  ['@b.c', false],
  ['a@-b.c', false],
  ['a..b@c.d', false],
  [`${'a'.repeat(65)}@b.c`, false],
  [`a@${'b.'.repeat(200)}c`, false],
])('%j is taken for a mail address: %s (XI-12)', (text, expected) => {
  expect(isMailAddress(text)).toBe(expected);
});

test('a long text that is no address is known at once (DH-07)', () => {
  const started = performance.now();
  expect(isMailAddress(`${'a'.repeat(50_000)}!`)).toBe(false);
  expect(isMailAddress(`a@${'a'.repeat(250)}!`)).toBe(false);
  expect(performance.now() - started).toBeLessThan(50);
});
