/** `/Me`: the account of the token (RFC 7644 section 3.11). */
import type { Context } from 'koa';
import { userType } from '../../scim/schemas.ts';
import { admitSelf } from './access.ts';
import { shown, written } from './resource-routes.ts';
import type { Route, ScimRoutesDeps } from './route.ts';

/** RFC 7644 section 3.11: an alias of the account of the token. */
export function meMethods(deps: ScimRoutesDeps): Route['methods'] {
  const { users } = deps.scim;
  const self = async (ctx: Context) => {
    const caller = await deps.access(ctx);
    return caller.ok ? admitSelf(ctx, caller.value) : caller;
  };
  return {
    GET: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? shown(deps, ctx, userType, id.value) : id;
    },
    PUT: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? written(deps, ctx, userType, (write, body) => users.replace(write, id.value, body)) : id;
    },
    PATCH: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? written(deps, ctx, userType, (write, body) => users.patch(write, id.value, body)) : id;
    },
  };
}
