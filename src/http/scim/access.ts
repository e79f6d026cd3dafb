/** Who may use SCIM and what stands for INDIGO's paths: bearer tokens of this issuer, with roles of this moment (RFC 7644 section 2). */
import type { Context } from 'koa';
import type { PeopleActor } from '../../accounts/actor.ts';
import { seesEverybody } from '../../accounts/actor.ts';
import type { ScimAnswer } from '../../scim/problem.ts';
import { err, ok } from '../../shared/result.ts';
import type { Authenticate } from '../api/authenticate.ts';
import type { Caller } from '../api/caller.ts';
import { statusOf } from '../api/problem.ts';

/** Scopes that open it: SCIM's, INDIGO IAM's, and those of the API. */
const readScopes = ['scim:read', 'scim:write', 'iam:admin.read', 'iam:admin.write', 'people:read', 'people:write'];
const writeScopes = ['scim:write', 'iam:admin.write', 'people:write'];

export interface MachineCaller {
  readonly actor: PeopleActor;
  /** Of the user; null for a client that acts for itself. */
  readonly accountId: string | null;
  readonly scopes: ReadonlySet<string>;
}

export type MachineAccess = (ctx: Context) => Promise<ScimAnswer<MachineCaller>>;

/** 401 with a challenge for anything but a token that is valid here. */
export function createMachineAccess(authenticate: Authenticate): MachineAccess {
  return async (ctx) => {
    ctx.set('Vary', 'Authorization');
    ctx.set('Cache-Control', 'no-store');
    const caller = await authenticate(ctx);
    if (!caller.ok) {
      ctx.set({ ...caller.error.headers });
      return err({ status: statusOf(caller.error), detail: caller.error.detail });
    }
    if (caller.value === null) {
      ctx.set('WWW-Authenticate', 'Bearer realm="sluice"');
      return err({ status: 401, detail: 'expected an access token in `Authorization: Bearer`' });
    }
    if (caller.value.clientId !== null) ctx.state.client = caller.value.clientId;
    return ok(machineCaller(caller.value, ctx.state.address ?? null));
  };
}

function machineCaller(caller: Caller, address: string | null): MachineCaller {
  const mayWrite = writeScopes.some((scope) => caller.scopes.has(scope));
  const { scopes } = caller;
  if (caller.kind === 'account') {
    const { id, username, roles } = caller.account;
    return { actor: { kind: 'user', id, username, roles, mayWrite, address }, accountId: id, scopes };
  }
  const reads = readScopes.some((scope) => scopes.has(scope));
  const roles = mayWrite ? (['admin', 'reader'] as const) : reads ? (['reader'] as const) : [];
  const actor = { kind: 'client' as const, id: caller.clientId, username: null, roles, mayWrite, address };
  return { actor, accountId: null, scopes };
}

/** Reading everything: a scope for it and, for users, a role for it. */
export function admitReader(ctx: Context, { actor, scopes }: MachineCaller): ScimAnswer<null> {
  if (!readScopes.some((scope) => scopes.has(scope))) return lacking(ctx, 'scim:read');
  if (seesEverybody(actor)) return ok(null);
  return err({ status: 403, detail: 'expected an account with the role `admin` or `reader`' });
}

export function admitWriter(ctx: Context, { actor }: MachineCaller): ScimAnswer<null> {
  if (!actor.mayWrite) return lacking(ctx, 'scim:write');
  if (actor.roles.includes('admin')) return ok(null);
  return err({ status: 403, detail: 'expected an account with the role `admin`' });
}

/** About oneself: a token that tells who one is, or one that reads. */
export function admitSelf(ctx: Context, { accountId, scopes }: MachineCaller): ScimAnswer<string> {
  if (accountId === null) {
    return err({ status: 404, detail: 'a client that acts for itself has no account here' });
  }
  const told = scopes.has('openid') && scopes.has('profile');
  return told || readScopes.some((scope) => scopes.has(scope)) ? ok(accountId) : lacking(ctx, 'scim:read');
}

/** RFC 6750 section 3.1. */
export function lacking(ctx: Context, scope: string) {
  ctx.set('WWW-Authenticate', `Bearer realm="sluice", error="insufficient_scope", scope="${scope}"`);
  return err({ status: 403, detail: `the access token needs the scope \`${scope}\`` });
}
