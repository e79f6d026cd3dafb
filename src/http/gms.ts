/** IVOA Group Membership Service 1.0: of which groups is the owner of this token a member (IVOA GMS section 2). */
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import type { AccountStore } from '../accounts/store.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { toSpan } from '../policy/interval.ts';
import type { Membership } from '../policy/rule.ts';
import type { ScimAnswer, ScimProblem } from '../scim/problem.ts';
import { scimStatus } from '../scim/problem.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { MachineAccess } from './scim/access.ts';
import { answering } from './scim/answer.ts';

export interface GmsDeps {
  readonly issuer: string;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly access: MachineAccess;
  readonly clock: Clock;
  readonly log: Logger;
}

export function gmsRoutes(deps: GmsDeps): Middleware {
  const handlers: Readonly<Record<string, (ctx: Context) => Promise<ScimAnswer<unknown>>>> = {
    '/gms/search': (ctx) => search(deps, ctx),
    '/gms/capabilities': async (ctx) => xml(ctx, capabilities(deps.issuer)),
    '/gms/availability': async (ctx) => xml(ctx, availability),
  };
  return async (ctx, next) => {
    const handler = handlers[ctx.path];
    if (handler === undefined) return next();
    await answering(
      ctx,
      deps.log,
      async () => {
        if (ctx.method === 'GET' || ctx.method === 'HEAD') return handler(ctx);
        ctx.set('Allow', 'GET, HEAD');
        return scimStatus(405, 'expected GET');
      },
      refuse,
    );
    return undefined;
  };
}

function refuse(ctx: Context, { status, detail }: ScimProblem): void {
  text(ctx, `${detail}\n`, status);
}

/** One name a line, without a leading slash; with `group`, only those that are asked for. */
async function search({ access, accounts, snapshots, clock }: GmsDeps, ctx: Context): Promise<ScimAnswer<unknown>> {
  const caller = await access(ctx);
  if (!caller.ok) return caller;
  const { accountId, actor } = caller.value;
  const memberships =
    accountId === null
      ? snapshots.current().clients.get(actor.id)?.memberships
      : (await accounts.findById(accountId))?.memberships;
  const now = clock.now();
  const names = (memberships ?? []).filter(isCurrent(now)).map(({ group }) => group.slice(1));
  const asked = new URLSearchParams(ctx.querystring).getAll('group').map((name) => name.replace(/^\//, ''));
  const shown = asked.length === 0 ? names : names.filter((name) => asked.includes(name));
  return text(ctx, shown.map((name) => `${name}\n`).join(''), 200);
}

function isCurrent(now: number): (membership: Membership) => boolean {
  return (membership) => {
    const { from, until } = toSpan(membership);
    return from <= now && now < until;
  };
}

function text(ctx: Context, body: string, status: number): ScimAnswer<null> {
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = body;
  return ok(null);
}

function xml(ctx: Context, body: string): ScimAnswer<null> {
  ctx.type = 'text/xml';
  ctx.body = body;
  return ok(null);
}

const header = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** VOSI 1.1 section 3; the issuer's URL has no character that XML would take for its own. */
function capabilities(issuer: string): string {
  const capability = (standard: string, path: string, method = '') =>
    `  <capability standardID="${standard}">
    <interface xsi:type="vs:ParamHTTP" role="std"><accessURL use="full">${issuer}gms/${path}</accessURL>${method}</interface>
  </capability>
`;
  const bearer = '<securityMethod standardID="ivo://ivoa.net/sso#BearerToken"/>';
  return `${header}<vosi:capabilities xmlns:vosi="http://www.ivoa.net/xml/VOSICapabilities/v1.0" xmlns:vs="http://www.ivoa.net/xml/VODataService/v1.1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
${capability('ivo://ivoa.net/std/VOSI#capabilities', 'capabilities')}${capability('ivo://ivoa.net/std/VOSI#availability', 'availability')}${capability('ivo://ivoa.net/std/GMS#search-1.0', 'search', bearer)}</vosi:capabilities>
`;
}

/** VOSI 1.1 section 5. */
const availability = `${header}<availability xmlns="http://www.ivoa.net/xml/VOSIAvailability/v1.0"><available>true</available></availability>
`;
