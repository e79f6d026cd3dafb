/** Groups over HTTP: the use cases of src/groups behind the contract. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { Group, GroupMember, MembershipChange } from '../../../groups/administration.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import type { People } from '../../people.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { groupAnswer, groupContract, groupMemberAnswer, membershipChangeAnswer } from '../contract/groups.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import { pageBody, readPage } from './common.ts';

export interface GroupHandlerDeps {
  readonly people: Pick<People, 'groups'>;
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function groupHandlers({ people }: GroupHandlerDeps): HandlersOf<typeof groupContract> {
  const { groups } = people;
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
    changeGroup: async (request) => {
      const { reason = null, ...change } = request.body;
      const changed = await peopleAnswered(groups.change(contextOf(request, reason), request.params.id, change));
      return changed.ok ? ok({ body: groupBody(changed.value) }) : changed;
    },
    previewGroupMove: async (request) => {
      const { id } = request.params;
      const preview = await peopleAnswered(groups.previewMove(actorOf(request), id, request.query.path));
      if (!preview.ok) return preview;
      const { groups: moved, groupCount, rules } = preview.value;
      return ok({ body: { groups: moved.map(([from, to]) => ({ from, to })), groupCount, rules: [...rules] } });
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

    getGroupManagers: async (request) => {
      const found = await peopleAnswered(groups.managers(actorOf(request), request.params.id));
      return found.ok ? ok({ body: { managers: [...found.value] } }) : found;
    },
    setGroupManagers: async (request) => {
      const { managers, reason = null } = request.body;
      const set = await peopleAnswered(groups.setManagers(contextOf(request, reason), request.params.id, managers));
      return set.ok ? ok({ body: { managers: [...set.value] } }) : set;
    },
    listMembershipChanges: async (request) => {
      const list = `history ${request.params.id}`;
      const page = readPage(list, request.query);
      if (!page.ok) return page;
      const found = await peopleAnswered(groups.history(actorOf(request), request.params.id, page.value));
      return found.ok ? ok({ body: pageBody(list, found.value, changeBody) }) : found;
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

function changeBody({ from, until, at, ...said }: MembershipChange): Shown<typeof membershipChangeAnswer> {
  const { groupPath, accountId, change, actor, reason } = said;
  const dates = { from: isoInstant(from), until: isoInstant(until), at: isoInstant(at) };
  return { groupPath, accountId, change, ...dates, actor, reason };
}
