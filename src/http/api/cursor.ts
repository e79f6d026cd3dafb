/** Lists in pieces that stay right under change: a cursor names the last key that was seen, so nothing is shown twice or left out for being moved. */
import { z } from 'zod';
import { err, ok, type Result } from '../../shared/result.ts';
import { integerText } from './schemas/parameters.ts';

/** Entries of one piece. */
export const defaultLimit = 100;
export const maxLimit = 1000;

/** Query parameters of every list. */
export const pageParameters = {
  limit: integerText(1, maxLimit).optional().describe(`Entries of one piece. Default ${defaultLimit}.`),
  cursor: z
    .string()
    .max(4000, 'expected a cursor of this server')
    .regex(/^[A-Za-z0-9_-]+$/, 'expected a cursor of this server')
    .optional()
    .describe('`next` of the piece before, unchanged.'),
};

/** Opaque to callers; `list` keeps the cursor of one list from being taken for that of another. */
export function encodeCursor(list: string, last: string): string {
  return Buffer.from(JSON.stringify([list, last])).toString('base64url');
}

/** The last key that was seen; null at the beginning. */
export function decodeCursor(list: string, cursor: string | undefined): Result<string | null, 'malformed'> {
  if (cursor === undefined) return ok(null);
  try {
    const [of, last] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    return of === list && typeof last === 'string' && last.isWellFormed() && !last.includes('\0')
      ? ok(last)
      : err('malformed');
  } catch {
    return err('malformed');
  }
}
