/** The paths of INDIGO IAM that scripts call, each with what stands for it here (docs/integration/indigo-scripts.md). */
import type { Middleware } from 'koa';
import type { Logger } from 'pino';
import type { ScimProblem } from '../../scim/problem.ts';
import { err } from '../../shared/result.ts';
import { answering } from '../scim/answer.ts';
import { type IndigoRoute, refuse } from './form.ts';

const prefix = '/iam';

/** Dynamic registration has routes of its own (src/http/routes/registration.ts). */
const elsewhere = /^\/iam\/api\/client-registration(?:\/|$)/;

export function indigoRoutes(routes: readonly IndigoRoute[], log: Logger): Middleware {
  const compiled = routes.map((route) => ({ ...route, pattern: patternOf(route.template) }));
  return async (ctx, next) => {
    if (!ctx.path.startsWith(`${prefix}/`) || elsewhere.test(ctx.path)) return next();
    const path = ctx.path.replace(/\/$/, '');
    const fitting = compiled.filter(({ pattern }) => pattern.test(path));
    ctx.state.route = fitting[0]?.template ?? `${prefix}/*`;
    const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
    const route = fitting.find((one) => one.method === method);
    await answering(
      ctx,
      log,
      async () => {
        if (route === undefined) return err(unknown(fitting));
        const [, first = '', second = ''] = route.pattern.exec(path) ?? [];
        return route.handle(ctx, decoded(first), decoded(second));
      },
      refuse,
    );
    if (ctx.status === 405) ctx.set('Allow', [...new Set(fitting.map((one) => one.method))].join(', '));
    return undefined;
  };
}

function unknown(fitting: readonly IndigoRoute[]): ScimProblem {
  if (fitting.length === 0) return { status: 404, detail: 'this path of INDIGO IAM has no equivalent here' };
  return { status: 405, detail: `expected ${fitting.map(({ method }) => method).join(' or ')}` };
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{\w+\}/g, '([^/]+)')}$`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
