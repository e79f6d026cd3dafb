/** Groups over HTTP: the use cases of src/groups behind the contract. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { Group, GroupMember } from '../../../groups/administration.ts';
import type { GroupRequest } from '../../../groups/requests.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import type { People } from '../../people.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { groupAnswer, groupContract, groupMemberAnswer, groupRequestAnswer } from '../contract/groups.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import { pageBody, readPage } from './common.ts';

export interface GroupHandlerDeps {
  readonly people: Pick<People, 'groups' | 'groupRequests'>;
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function groupHandlers({ people }: GroupHandlerDeps): HandlersOf<typeof groupContract> {
  const { groups, groupRequests } = people;
  return {
    listGroups: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = readPage('groups', { limit, cursor });
      if (!page.ok) return page;
      const list = await peopleAnswered(groups.list(actorOf(request), filter, page.value));
      return list.ok ? ok({ body: pageBody('groups', list.value, groupBody) }) : list;
    },
    createGroup: async (request) => {
      const { reason = null, ...group } = request.body;
      const made = await peopleAnswered(groups.create(contextOf(request, reason), group));
      return made.ok ? ok({ body: groupBody(made.value), location: `/groups/${made.value.id}` }) : made;
    },
    getGroup: async (request) => {
      const found = await peopleAnswered(groups.get(actorOf(request), request.params.id));
      return found.ok ? ok({ body: groupBody(found.value) }) : found;
    },
    moveGroup: async (request) => {
      const { path, reason = null } = request.body;
      const moved = await peopleAnswered(groups.move(contextOf(request, reason), request.params.id, path));
      return moved.ok ? ok({ body: groupBody(moved.value) }) : moved;
    },
    removeGroup: async (request) => {
      const removed = await peopleAnswered(groups.remove(contextOf(request, null), request.params.id));
      return removed.ok ? ok({ body: { removed: request.params.id } }) : removed;
    },

    listGroupMembers: async (request) => {
      const { limit, cursor, search } = request.query;
      const list = `members ${request.params.id}`;
      const page = readPage(list, { limit, cursor });
      if (!page.ok) return page;
      const asked = { ...page.value, search };
      const found = await peopleAnswered(groups.members(actorOf(request), request.params.id, asked));
      return found.ok ? ok({ body: pageBody(list, found.value, memberBody) }) : found;
    },
    setGroupMember: async (request) => {
      const { from = null, until = null, reason = null } = request.body;
      const { id, account } = request.params;
      const context = contextOf(request, reason);
      const set = await peopleAnswered(groups.setMember(context, id, account, { from, until }));
      return set.ok ? ok({ body: memberBody(set.value) }) : set;
    },
    removeGroupMember: async (request) => {
      const { id, account } = request.params;
      const context = contextOf(request, request.query.reason ?? null);
      const ended = await peopleAnswered(groups.removeMember(context, id, account));
      if (!ended.ok) return ended;
      const { count, latestExpiry } = ended.value;
      return ok({ body: { tokensOut: count, latestExpiry: isoInstant(latestExpiry) } });
    },

    listGroupRequests: async (request) => {
      const { state, ...asked } = request.query;
      const page = readPage('group requests', asked);
      if (!page.ok) return page;
      const list = await peopleAnswered(groupRequests.list(actorOf(request), { state }, page.value));
      return list.ok ? ok({ body: pageBody('group requests', list.value, requestBody) }) : list;
    },
    approveGroupRequest: async (request) => {
      const { from = null, until = null, reason = null } = request.body;
      const context = contextOf(request, reason);
      const done = await peopleAnswered(groupRequests.approve(context, request.params.id, { from, until }));
      return done.ok ? ok({ body: requestBody(done.value) }) : done;
    },
    refuseGroupRequest: async (request) => {
      const context = contextOf(request, request.body.reason);
      const done = await peopleAnswered(groupRequests.refuse(context, request.params.id));
      return done.ok ? ok({ body: requestBody(done.value) }) : done;
    },
  };
}

function actorOf({ caller, address }: Asked) {
  return peopleActorOf(caller, address);
}

function contextOf(request: Asked, reason: string | null): ChangeContext {
  return { actor: actorOf(request), reason };
}

function groupBody({ createdAt, updatedAt, ...group }: Group): Shown<typeof groupAnswer> {
  const { id, path, description, isDefault, labels } = group;
  return {
    ...{ id, path, description, isDefault, labels },
    createdAt: isoInstant(createdAt),
    updatedAt: isoInstant(updatedAt),
  };
}

function memberBody({ from, until, ...member }: GroupMember): Shown<typeof groupMemberAnswer> {
  const { accountId, username, name, reason } = member;
  return { accountId, username, name, reason, from: isoInstant(from), until: isoInstant(until) };
}

function requestBody(request: GroupRequest): Shown<typeof groupRequestAnswer> {
  const { id, accountId, username, groupId, groupPath, kind, note, state, decidedBy, answer } = request;
  return {
    ...{ id, accountId, username, groupId, groupPath, kind, note, state, decidedBy, answer },
    createdAt: isoInstant(request.createdAt),
    expiresAt: isoInstant(request.expiresAt),
    decidedAt: isoInstant(request.decidedAt),
  };
}
