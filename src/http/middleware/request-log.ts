/** First of all: a request id, one log line per request, metrics, and the last resort for faults. No query, body or header is logged. */
import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { issuedToken, refusedReasons } from '../../provider/issued.ts';
import type { Clock } from '../../shared/clock.ts';
import type { FailedAnswers } from '../failed-answers.ts';
import type { Metrics } from '../metrics.ts';

export interface RequestLogDeps {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly failedAnswers: Pick<FailedAnswers, 'note'>;
  readonly clock: Clock;
  readonly clientAddress: (ctx: Context) => string | null;
  /** Renders a fault for a browser; others get JSON. */
  readonly faultPage: (ctx: Context, requestId: string) => void;
}

export function requestLog(deps: RequestLogDeps): Middleware {
  return async (ctx, next) => {
    const started = performance.now();
    const requestId = randomUUID();
    ctx.state.requestId = requestId;
    ctx.state.address = deps.clientAddress(ctx);
    ctx.set('X-Request-Id', requestId);
    try {
      await next();
    } catch (error) {
      answerFault(ctx, error, requestId, deps);
    }
    const milliseconds = performance.now() - started;
    const route = routeName(ctx);
    deps.metrics.request(route, ctx.method, ctx.status, milliseconds / 1000);
    deps.failedAnswers.note(route, ctx.status);
    const outcome = outcomeOf(ctx);
    count(deps.metrics, ctx, outcome);
    const line = { requestId, method: ctx.method, route, status: ctx.status, ms: Math.round(milliseconds * 10) / 10 };
    deps.log[ctx.status >= 500 ? 'error' : 'info']({ ...line, address: ctx.state.address, ...outcome }, 'request');
  };
}

/** Errors that carry a 4xx status are the sender's; everything else is ours and says only its id. */
function answerFault(ctx: Context, error: unknown, requestId: string, deps: RequestLogDeps): void {
  const status = (error as { status?: number }).status;
  if (status !== undefined && status >= 400 && status < 500) {
    ctx.status = status;
    ctx.body = { error: 'invalid_request', error_description: 'the request is not well-formed' };
    return;
  }
  deps.log.error({ requestId, err: error }, 'fault');
  ctx.status = 500;
  deps.faultPage(ctx, requestId);
}

interface Outcome {
  /** What is the matter with the server, in its own words. */
  readonly fault?: string;
  readonly grant?: string;
  readonly client?: string;
  readonly error?: string;
}

function outcomeOf(ctx: Context): Outcome {
  if (ctx.state.client) {
    return { client: ctx.state.client, ...(ctx.state.grant && { grant: ctx.state.grant }), ...errorOf(ctx) };
  }
  const oidc = ctx.oidc as { client?: { clientId: string }; params?: Record<string, unknown> } | undefined;
  const grant = oidc?.params?.grant_type;
  return {
    ...(typeof grant === 'string' && { grant: grant.slice(0, 80) }),
    ...(oidc?.client && { client: oidc.client.clientId }),
    ...errorOf(ctx),
  };
}

function errorOf(ctx: Context): Pick<Outcome, 'error' | 'fault'> {
  // A problem of the API has a name of its own.
  const error = ctx.state.problem ?? (ctx.body as { error?: unknown } | undefined)?.error;
  return { ...(typeof error === 'string' && { error }), ...(ctx.state.fault && { fault: ctx.state.fault }) };
}

function count(metrics: Metrics, ctx: Context, outcome: Outcome): void {
  if (issuedToken(ctx)) metrics.issued(outcome.grant ?? 'unknown', outcome.client ?? 'unknown');
  for (const reason of refusedReasons(ctx)) metrics.refused(reason);
  if (outcome.error) metrics.refused(outcome.error);
}

/** Answers to paths that need not be ours. */
const anyPath = new Set([404, 421]);

/** The declared path, or the first segment only: what follows may be an identifier. Strangers must not make time series with paths of their own. */
function routeName(ctx: Context): string {
  if (ctx.state.route) return ctx.state.route;
  if (anyPath.has(ctx.status)) return 'unknown';
  const [, first = '', second] = ctx.path.split('/');
  return first === '.well-known' ? `/${first}/${second}` : `/${first}`;
}
