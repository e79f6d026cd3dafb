/** Who may use INDIGO IAM's paths: `iam:admin.read` and `iam:admin.write`, or the same rights by SCIM's scopes and roles. */
import type { Context } from 'koa';
import type { ScimWrite } from '../../scim/actor.ts';
import type { ScimAnswer } from '../../scim/problem.ts';
import { admitReader, admitWriter, type MachineAccess, type MachineCaller } from '../scim/access.ts';
import type { Handler } from './form.ts';

type Answer = Promise<ScimAnswer<unknown>>;

export interface IndigoGates {
  /** `caller` tells walks through lists apart. */
  reader(handle: (ctx: Context, id: string, caller: string) => Answer): Handler;
  writer(handle: (ctx: Context, write: ScimWrite, first: string, second: string) => Answer): Handler;
  /** Anybody with a token; what it may see is up to the handler. */
  anyone(handle: (ctx: Context, caller: MachineCaller, id: string) => Answer): Handler;
}

export function createIndigoGates(access: MachineAccess): IndigoGates {
  return {
    reader: (handle) => async (ctx, first) => {
      const caller = await access(ctx);
      if (!caller.ok) return caller;
      const admitted = admitReader(ctx, caller.value);
      return admitted.ok ? handle(ctx, first, `iam:${caller.value.actor.id}`) : admitted;
    },
    writer: (handle) => async (ctx, first, second) => {
      const caller = await access(ctx);
      if (!caller.ok) return caller;
      const admitted = admitWriter(ctx, caller.value);
      return admitted.ok ? handle(ctx, writeOf(caller.value), first, second) : admitted;
    },
    anyone: (handle) => async (ctx, first) => {
      const caller = await access(ctx);
      return caller.ok ? handle(ctx, caller.value, first) : caller;
    },
  };
}

export function writeOf({ actor }: MachineCaller): ScimWrite {
  return { context: { actor, reason: null }, ifMatch: null, showsMembers: false };
}
