/** What is wrong in a lake file, and where: all faults are collected and shown together (issue: `file:line: clients[2].scopes[0]: …`). */

/** Field names and list positions from the top of the file. */
export type LakePath = readonly (string | number)[];

export interface LakeFault {
  readonly path: LakePath;
  readonly message: string;
}

/** A fault with the line on which the reader finds it. */
export interface LocatedFault extends LakeFault {
  /** From 1. */
  readonly line: number;
}

/** A path as people write it: `clients[2].scopes[0]`; empty for the file as a whole. */
export function formatPath(path: LakePath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** One line a fault, in the order of the file; a run of thousands is cut with the number left out. */
export function formatFaults(fileName: string, faults: readonly LocatedFault[]): string {
  const shown = [...faults].sort((a, b) => a.line - b.line).slice(0, mostShown);
  const lines = shown.map(({ line, path, message }) =>
    [`${fileName}:${line}`, formatPath(path), message].filter((part) => part !== '').join(': '),
  );
  if (faults.length > mostShown) lines.push(`${fileName}: and ${faults.length - mostShown} more faults`);
  return lines.join('\n');
}

const mostShown = 10_000;
