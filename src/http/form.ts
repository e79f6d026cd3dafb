/** Reads a form sent to a page of ours; whatever arrives whole is a value, never a fault. */
import type { Context } from 'koa';
import { err, ok, type Result } from '../shared/result.ts';
import { discardRest, readBody } from './body.ts';

/** Longest form, in bytes. */
const maxBytes = 64 * 1024;

/** The fields, or the status to answer with: 415 for another type, 413 over the limit, 400 for a NUL, which no page sends and no database keeps. */
export async function readForm(ctx: Context): Promise<Result<URLSearchParams, 400 | 413 | 415>> {
  if (!ctx.is('application/x-www-form-urlencoded')) return err(415);
  if ((ctx.request.length ?? 0) > maxBytes) return tooLarge(ctx);
  const body = await readBody(ctx.req, maxBytes);
  if (body === undefined) return tooLarge(ctx);
  const form = new URLSearchParams(body);
  return [...form].flat().some((text) => text.includes('\0')) ? err(400) : ok(form);
}

function tooLarge(ctx: Context): Result<never, 413> {
  discardRest(ctx);
  return err(413);
}
