/** Texts as the formats of other services quote them; identifiers and audiences are visible ASCII. */

/** For JSON, YAML and Python alike. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** For a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** For SQL. */
export function sqlQuoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** For an argument of an Apache directive. */
export function apacheQuoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
}

/** As a part of a Perl regular expression between slashes. */
export function expressionQuoted(text: string): string {
  return text.replaceAll(/[/\\^$.*+?()[\]{}|#-]/g, '\\$&');
}
