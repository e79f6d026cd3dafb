/** What a path of SCIM is: its methods, each with a handler, and how a handler lets a caller in. */
import type { Context } from 'koa';
import type { Logger } from 'pino';
import type { ScimWrite } from '../../scim/actor.ts';
import type { ScimAnswer } from '../../scim/problem.ts';
import type { Scim } from '../../scim/service.ts';
import { ok } from '../../shared/result.ts';
import { admitReader, admitWriter, type MachineAccess, type MachineCaller } from './access.ts';

export interface ScimRoutesDeps {
  readonly scim: Scim;
  readonly access: MachineAccess;
  readonly log: Logger;
}

export type Handler = (ctx: Context, id: string) => Promise<ScimAnswer<unknown>>;

export interface Route {
  readonly pattern: RegExp;
  /** For logs and metrics. */
  readonly template: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>>;
}

/** Who may read everything. */
export async function reader({ access }: ScimRoutesDeps, ctx: Context): Promise<ScimAnswer<MachineCaller>> {
  const caller = await access(ctx);
  if (!caller.ok) return caller;
  const admitted = admitReader(ctx, caller.value);
  return admitted.ok ? caller : admitted;
}

/** Who may write, with the tag that the request is about. */
export async function writer({ access }: ScimRoutesDeps, ctx: Context): Promise<ScimAnswer<ScimWrite>> {
  const caller = await access(ctx);
  if (!caller.ok) return caller;
  const admitted = admitWriter(ctx, caller.value);
  const ifMatch = ctx.get('if-match');
  const context = { actor: caller.value.actor, reason: null };
  return admitted.ok ? ok({ context, ifMatch: ifMatch === '' ? null : ifMatch, showsMembers: true }) : admitted;
}
