/** The measured table of docs/design/verifiers.md: which verifier opens what with a scope that the issuer refuses. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Row {
  /** Of the scope. */
  readonly path: string;
  readonly xrootd: readonly string[];
  /** A text: why the token is refused. */
  readonly libscitokens: readonly string[] | string;
  readonly storm: readonly string[];
}

/** Debian's versions without what Debian adds. */
export async function debianVersions(): Promise<string> {
  const versions = await Promise.all(['xrootd-server', 'libscitokens0'].map(versionOf));
  return `XRootD ${versions[0]}, libscitokens ${versions[1]}`;
}

async function versionOf(name: string): Promise<string> {
  const { stdout } = await promisify(execFile)('dpkg-query', ['--show', '--showformat', '${' + 'Version}', name]);
  return stdout.split('-')[0] ?? '';
}

/** Markdown; one line for each scope path. */
export function renderTable(rows: readonly Row[], all: readonly string[]): string {
  const lines = rows.map(({ path, xrootd, libscitokens, storm }) =>
    [show(path), list(xrootd, all), list(libscitokens, all), list(storm, all)].join(' | '),
  );
  return [
    '| `storage.read:` | XRootD | libscitokens | StoRM |',
    '|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}

function list(opened: readonly string[] | string, all: readonly string[]): string {
  if (typeof opened === 'string') return 'token refused';
  if (opened.length === 0) return '–';
  return opened.length === all.length ? 'everything' : opened.map((path) => `\`${path}\``).join(' ');
}

/** Control characters as escapes, and the bar, which ends a cell, as its code. */
function show(path: string): string {
  if (path === '') return '(nothing)';
  const visible = JSON.stringify(path).slice(1, -1).replaceAll('\\\\', '\\').replaceAll('\u007f', '\\u007f');
  return path.includes('`') ? `\`\` ${visible} \`\`` : `\`${visible.replaceAll('|', '\\|')}\``;
}
