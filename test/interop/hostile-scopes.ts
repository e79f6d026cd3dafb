/** Scope paths that a verifier may read otherwise than the issuer (policy-semantics 2.2): what is refused, and what is accepted as something else. */

/** Outside the grammar: refused whatever the rights. The characters of regular expressions, of URIs, dots, and bytes that no path has. */
export const refusedPaths = [
  '/open|/foobar',
  '/open/x|/foobar/f',
  '/(open)',
  '/fo[o]',
  '/fo{2}',
  '/fo*',
  '/foob?',
  '/foo+',
  '/foo$',
  '/^foo',
  '/foo\\bar',
  '/foo/%2e%2e/foobar',
  '/%66oobar',
  '/open%2f..%2ffoobar',
  '/foo%00bar',
  '/foo?bar',
  '/foo#bar',
  '/foo:bar',
  '/foo;bar',
  '/foo&bar',
  "/foo'bar",
  '/foo!bar',
  '/foo<bar>',
  '/foo`bar`',
  '/foo\u00e9',
  '/open/../foobar',
  '/open/./x',
  '/open/.',
  '/open/..',
  '/..',
  'open',
  '',
] as const;

/** Accepted, and issued in canonical form. */
export const collapsedPaths = [
  ['//open', '/open'],
  ['/open/', '/open'],
  ['//open///x//', '/open/x'],
] as const;

/** What a token signed by hand names; the control characters cannot be asked for in a form. */
export const signedPaths = [
  ...refusedPaths,
  '//foobar',
  '/open//../foobar',
  '/foo',
  '/foo/',
  '/d/a.b',
  '/d/a.b/',
  '/v/r1.0-open',
  '/open\u0000/x',
  '/open/\u0000',
  '/open\n/x',
  '/open\t',
  '/open\u007f',
] as const;
