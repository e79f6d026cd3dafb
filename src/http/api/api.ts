/** The API below `/api/v1`: each request is matched, authenticated, validated, handled, and its answer validated, in this order. */
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import { AppError } from '../../shared/errors.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Authenticate, insufficientScope, unauthorized } from './authenticate.ts';
import { type ApiScope, type Caller, mayUse } from './caller.ts';
import type { Endpoint } from './declaration.ts';
import { answerProblem, type Problem, problem } from './problem.ts';
import { readRequest } from './read-request.ts';
import { createRouter, type Route } from './router.ts';
import { writeAnswer } from './write-answer.ts';

export const apiPrefix = '/api/v1';

export interface ApiDeps {
  readonly issuer: string;
  readonly endpoints: readonly Endpoint[];
  readonly authenticate: Authenticate;
  readonly log: Logger;
}

export function apiRoutes(deps: ApiDeps): Middleware {
  const findRoute = createRouter(deps.endpoints);
  const base = new URL(apiPrefix.slice(1), deps.issuer);

  return async (ctx, next) => {
    if (ctx.path !== apiPrefix && !ctx.path.startsWith(`${apiPrefix}/`)) return next();
    ctx.set('Vary', 'Authorization, Cookie');
    try {
      const refusal = await serve(ctx);
      if (refusal) answerProblem(ctx, refusal);
    } catch (error) {
      answerFault(ctx, error);
    }
    return undefined;
  };

  /** The problem to answer with, if there is one. */
  async function serve(ctx: Context): Promise<Problem | undefined> {
    const path = ctx.path.slice(apiPrefix.length);
    const route = findRoute(path);
    if (route === undefined) return problem('not-found', 'there is no such path in this API');
    ctx.state.route = `${apiPrefix}${route.template}`;
    ctx.state.apiPath = path;
    const endpoint = route.endpoints.get((ctx.method === 'HEAD' ? 'GET' : ctx.method) as never);
    if (endpoint === undefined) return methodNotAllowed(ctx.method, route);
    const { declaration } = endpoint;
    const caller = await admit(ctx, declaration.scope);
    if (!caller.ok) return caller.error;
    const request = await readRequest(ctx, declaration, route.params, caller.value);
    if (!request.ok) return request.error;
    const answer = await endpoint.handle(request.value);
    if (!answer.ok) return answer.error;
    writeAnswer(ctx, base, declaration, answer.value);
    return undefined;
  }

  async function admit(ctx: Context, scope: ApiScope | null): Promise<Result<Caller | null, Problem>> {
    if (scope === null) return ok(null);
    const caller = await deps.authenticate(ctx);
    if (!caller.ok) return caller;
    if (caller.value === null) {
      return err(unauthorized('expected an access token in `Authorization: Bearer`, or a login'));
    }
    if (caller.value.clientId !== null) ctx.state.client = caller.value.clientId;
    return mayUse(caller.value, scope) ? caller : err(insufficientScope(scope));
  }

  /** The sender's own faults end here too: a body that broke off. */
  function answerFault(ctx: Context, error: unknown): void {
    const { status } = error as { status?: number };
    if (status !== undefined && status >= 400 && status < 500) {
      answerProblem(ctx, problem('malformed-request', 'the request is not well-formed'));
      return;
    }
    if (error instanceof AppError && unavailable.has(error.code)) {
      ctx.state.fault = error.message;
      answerProblem(ctx, problem('unavailable', 'the database does not answer', { headers: { 'Retry-After': '1' } }));
      return;
    }
    deps.log.error({ requestId: ctx.state.requestId, err: error }, 'fault');
    answerProblem(ctx, problem('fault', 'the request could not be answered; the log says why, under `instance`'));
  }
}

/** What passes when the database answers again. */
const unavailable: ReadonlySet<string> = new Set(['database_unavailable', 'policy_unavailable']);

/** RFC 9110 section 15.5.6. */
function methodNotAllowed(method: string, { endpoints }: Route<Endpoint>): Problem {
  const allowed = [...endpoints.keys()].flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  return problem('method-not-allowed', `${method} is not allowed here`, { headers: { Allow: allowed.join(', ') } });
}
