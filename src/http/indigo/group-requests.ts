/** INDIGO IAM's requests for group memberships: administrators see all, everybody else their own; managers decide those of their groups. */
import type { Context } from 'koa';
import { type ChangeContext, seesEverybody } from '../../accounts/actor.ts';
import type { PeopleAnswer } from '../../accounts/refusal.ts';
import type { GroupAdministration } from '../../groups/administration.ts';
import type { GroupRequest, GroupRequests } from '../../groups/requests.ts';
import { notFound } from '../../scim/actor.ts';
import type { GroupRequestSearch, IndigoDirectory, IndigoGroupRequest } from '../../scim/indigo-directory.ts';
import { isObject } from '../../scim/normalise.ts';
import { problemOf, type ScimAnswer, scimStatus } from '../../scim/problem.ts';
import { isoOf } from '../../scim/represent.ts';
import { err, ok } from '../../shared/result.ts';
import { admitReader, admitSelf, lacking, type MachineCaller } from '../scim/access.ts';
import { readScimBody } from '../scim/body.ts';
import { type Asked, answer, type IndigoRoute, listBody, readAsked } from './form.ts';
import type { IndigoGates } from './gates.ts';

export interface IndigoRequestDeps {
  readonly indigo: IndigoDirectory;
  readonly groups: GroupAdministration;
  readonly requests: GroupRequests;
  readonly gates: IndigoGates;
}

const template = '/iam/group_requests';

export function groupRequestRoutes({ indigo, groups, requests, gates }: IndigoRequestDeps): readonly IndigoRoute[] {
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
  const find = async (id: string) => (await indigo.listGroupRequests({ id, partly: false }, one)).items[0];
  const showRequest = async (ctx: Context, said: PeopleAnswer<{ readonly id: string }>) => {
    if (!said.ok) return err(problemOf(said.error));
    const request = await find(said.value.id);
    return answer(ctx, request === undefined ? null : represent(request));
  };
  const ask = gates.anyone(async (ctx, caller) => {
    const admitted = admitChange(ctx, caller);
    if (!admitted.ok) return admitted;
    const body = await readScimBody(ctx, maxBytes);
    if (!body.ok) return body;
    const { groupName, notes = null } = isObject(body.value) ? body.value : {};
    if (typeof groupName !== 'string' || !(notes === null || typeof notes === 'string')) {
      return scimStatus(400, 'expected a `groupName` and `notes` as text');
    }
    const group = await groups.findByPath(caller.actor, `/${groupName.replace(/^\//, '')}`);
    if (!group.ok) return err(problemOf(group.error));
    return showRequest(ctx, await requests.ask(contextOf(caller, null), group.value.id, notes));
  });
  const decide = (decision: (context: ChangeContext, id: string) => Promise<PeopleAnswer<GroupRequest>>) =>
    gates.anyone(async (ctx, caller, id) => {
      const admitted = admitChange(ctx, caller);
      if (!admitted.ok) return admitted;
      const motivation = new URLSearchParams(ctx.querystring).get('motivation') || null;
      if (motivation !== null && !isLine(motivation)) {
        return scimStatus(400, 'expected at most 1000 characters on one line as `motivation`');
      }
      if ((await find(id)) === undefined) return notFound;
      return showRequest(ctx, await decision(contextOf(caller, motivation), id));
    });
  const approve = decide((context, id) => requests.approve(context, id, { from: null, until: null }));
  const reject = decide((context, id) => requests.refuse(context, id));
  const withdraw = gates.anyone(async (ctx, caller, id) => {
    const admitted = admitChange(ctx, caller);
    if (!admitted.ok) return admitted;
    const own = await requests.withdraw(contextOf(caller, null), id);
    return own.ok ? answer(ctx, null, 204) : err(problemOf(own.error));
  });
  return [
    { method: 'GET', template, handle: list(false) },
    { method: 'DELETE', template: `${template}/{id}`, handle: withdraw },
    { method: 'POST', template, handle: ask },
    { method: 'POST', template: `${template}/{id}/approve`, handle: approve },
    { method: 'POST', template: `${template}/{id}/reject`, handle: reject },
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

const one = { skip: 0, count: 1 };

const maxBytes = 64 * 1024;

function isLine(text: string): boolean {
  return text.length <= 1000 && !/\p{Cc}/u.test(text) && text.isWellFormed();
}

function contextOf({ actor }: MachineCaller, reason: string | null): ChangeContext {
  return { actor, reason };
}

/** Managers of groups decide too, so only the scope is asked for here. */
function admitChange(ctx: Context, caller: MachineCaller): ScimAnswer<null> {
  return caller.actor.mayWrite ? ok(null) : lacking(ctx, 'iam:admin.write');
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
