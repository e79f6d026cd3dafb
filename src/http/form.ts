/** Reads a form sent to a page of ours; whatever arrives whole is a value, never a fault. */
import type { Context } from 'koa';
import { err, ok, type Result } from '../shared/result.ts';
import { discardRest, readBody } from './body.ts';

/** Longest form, in bytes. */
const maxBytes = 64 * 1024;

/** The fields, or the status to answer with: 415 for another type, 413 over the limit. */
export async function readForm(ctx: Context): Promise<Result<URLSearchParams, 413 | 415>> {
  if (!ctx.is('application/x-www-form-urlencoded')) return err(415);
  if ((ctx.request.length ?? 0) > maxBytes) return tooLarge(ctx);
  const body = await readBody(ctx.req, maxBytes);
  return body === undefined ? tooLarge(ctx) : ok(new URLSearchParams(body));
}

/** The same without NUL, which no browser sends and no database keeps: 400. */
export async function readPlainForm(ctx: Context): Promise<Result<URLSearchParams, 400 | 413 | 415>> {
  const form = await readForm(ctx);
  const isPlain = !form.ok || [...form.value].flat().every((text) => !text.includes('\0'));
  return isPlain ? form : err(400);
}

function tooLarge(ctx: Context): Result<never, 413> {
  discardRest(ctx);
  return err(413);
}
