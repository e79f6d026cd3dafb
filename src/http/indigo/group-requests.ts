/** INDIGO IAM's requests for group memberships: administrators see all, everybody else their own. */
import type { Context } from 'koa';
import { seesEverybody } from '../../accounts/actor.ts';
import { notFound } from '../../scim/actor.ts';
import type { GroupRequestSearch, IndigoDirectory, IndigoGroupRequest } from '../../scim/indigo-directory.ts';
import { type ScimAnswer, scimStatus } from '../../scim/problem.ts';
import { isoOf } from '../../scim/represent.ts';
import { ok } from '../../shared/result.ts';
import { admitReader, admitSelf, type MachineCaller } from '../scim/access.ts';
import { type Asked, answer, type IndigoRoute, listBody, readAsked } from './form.ts';
import type { IndigoGates } from './gates.ts';

export interface IndigoRequestDeps {
  readonly indigo: IndigoDirectory;
  readonly gates: IndigoGates;
}

const template = '/iam/group_requests';

export function groupRequestRoutes({ indigo, gates }: IndigoRequestDeps): readonly IndigoRoute[] {
  const list = (partly: boolean) =>
    gates.anyone(async (ctx, caller) => {
      const own = ownOnly(ctx, caller);
      if (!own.ok) return own;
      const asked = readAsked(ctx);
      if (!asked.ok) return asked;
      const search = readSearch(asked.value, partly);
      if (!search.ok) return search;
      const found = await indigo.listGroupRequests({ ...search.value, accountId: own.value }, asked.value.range);
      return answer(ctx, listBody(found.items.map(represent), asked.value, found.total));
    });
  return [
    { method: 'GET', template, handle: list(false) },
    { method: 'GET', template: `${template}/search`, handle: list(true) },
    {
      method: 'GET',
      template: `${template}/{id}`,
      handle: gates.anyone(async (ctx, caller, id) => {
        const own = ownOnly(ctx, caller);
        if (!own.ok) return own;
        const search = { id, accountId: own.value, partly: false };
        const [request] = (await indigo.listGroupRequests(search, { skip: 0, count: 1 })).items;
        return request === undefined ? notFound : answer(ctx, represent(request));
      }),
    },
  ];
}

/** Undefined: who asks sees everybody's. */
function ownOnly(ctx: Context, caller: MachineCaller): ScimAnswer<string | undefined> {
  if (caller.accountId !== null && !seesEverybody(caller.actor)) return admitSelf(ctx, caller);
  const admitted = admitReader(ctx, caller);
  return admitted.ok ? ok(undefined) : admitted;
}

function readSearch({ text }: Asked, partly: boolean): ScimAnswer<GroupRequestSearch> {
  const state = text('status')?.toUpperCase();
  if (state !== undefined && state !== 'PENDING' && state !== 'APPROVED' && state !== 'REJECTED') {
    return scimStatus(400, 'expected `PENDING`, `APPROVED` or `REJECTED` as `status`');
  }
  return ok({
    username: text('username'),
    groupName: text('groupName'),
    name: partly ? text('userFullName') : undefined,
    note: partly ? text('notes') : undefined,
    state,
    partly,
  });
}

export function represent(request: IndigoGroupRequest) {
  const {
    id,
    accountId,
    username,
    name,
    groupId,
    groupPath,
    state,
    note,
    answer: said,
    createdAt,
    decidedAt,
  } = request;
  return {
    uuid: id,
    userUuid: accountId,
    userFullName: name ?? username,
    username,
    groupName: groupPath.slice(1),
    groupUuid: groupId,
    status: state,
    notes: note ?? '',
    ...(said !== null && { motivation: said }),
    creationTime: isoOf(createdAt),
    lastUpdateTime: isoOf(decidedAt ?? createdAt),
  };
}
