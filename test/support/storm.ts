/** The matching rule of StoRM WebDAV, as it was measured: the scope's path is compiled as a regular expression, unescaped (policy-semantics 2.2, 2.3). */

/** Whether a scope's path opens a path there; an expression that does not compile opens nothing. */
export function stormOpens(scopePath: string, path: string): boolean {
  const expression = compile(scopePath);
  // A directory's own entry is asked for with and without the slash.
  return expression !== null && [path, `${path}/`].some((asked) => expression.test(asked));
}

/** Java's and this language's expressions differ in what no test here uses: possessive quantifiers, `\Q`, `(?i)`. */
function compile(scopePath: string): RegExp | null {
  try {
    return new RegExp(`^${scopePath}.*$`);
  } catch {
    return null;
  }
}
