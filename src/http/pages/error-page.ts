/** An error as a page for people, as JSON for programs: one place that says in words what went wrong. */
import type { Context, Middleware } from 'koa';
import type { Pages } from './render.ts';
import { texts } from './texts.ts';

export interface Problem {
  /** OAuth error code, shown to whoever has to correct the request. */
  readonly code: string;
  readonly description: string | null;
  /** Name of the error's class, where the code alone does not tell. */
  readonly kind?: string;
}

const t = texts.error;

/** Always a page: for the routes that only browsers visit. */
export function errorPage(pages: Pages, ctx: Context, status: number, problem: Problem): void {
  const [heading, text] = wording(status, problem);
  const shown = status < 500 && problem.kind !== 'SessionNotFound';
  const model = {
    title: heading,
    text,
    code: shown ? problem.code : null,
    description: shown ? problem.description : null,
    requestId: requestId(ctx),
  };
  pages.render(ctx, 'error', model, { status, heading });
}

/** Routes that only browsers visit; the others answer programs, some of which say by habit that they prefer HTML. */
const browserPaths =
  /^\/(?:authorize|device|logout|interaction|login|account|groups|manage|embargoes|admin|register-account|forgotten-password|invitation)(?:\/|$)/;

/** Turns the JSON of a refusal in front of the pages into a page, on the paths that browsers visit. */
export function errorPages(pages: Pages): Middleware {
  return async (ctx, next) => {
    await next();
    const body = ctx.body as { error?: unknown; error_description?: unknown } | null | undefined;
    if (ctx.status < 400 || typeof body !== 'object' || typeof body?.error !== 'string') return;
    if (!isForBrowsers(ctx) || ctx.accepts('json', 'html') !== 'html') return;
    const description = typeof body.error_description === 'string' ? body.error_description : null;
    errorPage(pages, ctx, ctx.status, { code: body.error, description });
  };
}

/** Whether the request's path is one that a person opens in a browser. */
export function isForBrowsers(ctx: Context): boolean {
  return browserPaths.test(ctx.path);
}

/** A page where the request prefers HTML, else RFC 6749's JSON. */
export function answerProblem(pages: Pages, ctx: Context, status: number, problem: Problem): void {
  if (ctx.accepts('json', 'html') === 'html') {
    errorPage(pages, ctx, status, problem);
    return;
  }
  ctx.status = status;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { error: problem.code, ...(problem.description !== null && { error_description: problem.description }) };
}

function wording(status: number, { code, kind }: Problem): readonly [heading: string, text: string] {
  if (kind === 'SessionNotFound') return [t.expiredTitle, t.expired];
  if (kind === 'CrossSite') return [t.crossSiteTitle, t.crossSite];
  if (code === 'access_denied') return [t.deniedTitle, t.denied];
  if (status === 404) return [t.notFoundTitle, t.notFound];
  if (status === 413) return [t.tooLargeTitle, t.tooLarge];
  if (status === 429 || status === 503) return [t.busyTitle, t.busy];
  return status >= 500 ? [t.serverTitle, t.server] : [t.badRequestTitle, t.badRequest];
}

function requestId(ctx: Context): string | null {
  const id = ctx.state.requestId;
  return typeof id === 'string' ? id : null;
}
