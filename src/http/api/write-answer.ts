/** Writes an answer, held to its own schema: what a schema does not name never leaves, and an answer that breaks it is a fault. */
import type { Context } from 'koa';
import type { ApiAnswer, Declaration } from './declaration.ts';
import { matchesNone, versionTag } from './version-tag.ts';

/** Throws when the answer is not what the document promises. */
export function writeAnswer(ctx: Context, base: URL, declaration: Declaration, answer: ApiAnswer): void {
  const { status, orCreated, body: schema, etag, location } = declaration.answer;
  const checked = schema.safeParse(answer.body);
  if (!checked.success) {
    const places = checked.error.issues.map(({ path, code }) => `${path.join('.')} (${code})`).slice(0, 10);
    throw new Error(`answer of ${declaration.method} ${declaration.path} breaks its schema at ${places.join(', ')}`);
  }
  ctx.status = orCreated && answer.created ? 201 : status;
  ctx.set('Cache-Control', etag && declaration.method === 'GET' ? 'private, no-cache' : 'no-store');
  if (location && answer.location !== undefined) ctx.set('Location', `${base.href}${answer.location}`);
  if (declaration.scope === 'policy:write') setPolicyVersion(ctx, answer.body);
  setNext(ctx, base, answer.body);
  if (etag) {
    if (answer.version === undefined) throw new Error(`answer of ${declaration.path} lacks its version`);
    ctx.set('ETag', versionTag(answer.version));
    if (declaration.method === 'GET' && !matchesNone(ctx.get('if-none-match'), answer.version)) {
      ctx.status = 304;
      return;
    }
  }
  ctx.body = JSON.stringify(answer.body);
  ctx.type = 'application/json';
}

/** Every write says from which version of the policy it holds. */
function setPolicyVersion(ctx: Context, body: unknown): void {
  const { policyVersion } = body as { policyVersion?: unknown };
  if (typeof policyVersion === 'number') ctx.set('Sluice-Policy-Version', String(policyVersion));
}

/** RFC 8288: the same list, from the next entry on. */
function setNext(ctx: Context, base: URL, body: unknown): void {
  const { next } = body as { next?: unknown };
  if (typeof next !== 'string' || ctx.method === 'POST') return;
  const query = new URLSearchParams(ctx.querystring);
  query.set('cursor', next);
  ctx.set('Link', `<${base.origin}${base.pathname}${ctx.state.apiPath}?${query}>; rel="next"`);
}
