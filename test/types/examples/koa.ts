import type { Middleware } from 'koa';
import { admit, type Operation, type Validator } from '../../../src/validate/index.ts';

const operations: Readonly<Record<string, Operation>> = {
  GET: 'read',
  HEAD: 'stat',
  PUT: 'overwrite',
  DELETE: 'delete',
};

export function requireToken(validator: Validator): Middleware {
  return async (ctx, next) => {
    const operation = operations[ctx.method];
    if (operation === undefined) return ctx.throw(405);
    const admission = await admit(validator, { authorization: ctx.get('authorization'), operation, path: ctx.path });
    if (admission.ok) {
      ctx.state.claims = admission.claims;
      return next();
    }
    ctx.status = admission.status;
    ctx.set({ ...admission.headers });
  };
}
