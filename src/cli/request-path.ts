/** The path of an operation as a command takes it: for a rename both ends may be joined with ` -> `. */
import type { RequestPath } from '../validate/index.ts';

/** Reads a path as written on a command line or in a line of a batch. */
export function readRequestPath(operation: string, text: string): RequestPath {
  const [from = '', to, ...more] = operation === 'rename' ? text.split(' -> ') : [text];
  return to === undefined || more.length > 0 ? text : { from, to };
}
