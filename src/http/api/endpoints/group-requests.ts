/** Requests for memberships and invitations over HTTP: the use cases of src/groups behind the contract. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { GroupRequest, Invitation } from '../../../groups/requests.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import type { People } from '../../people.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { groupRequestAnswer, groupRequestContract, invitationAnswer } from '../contract/group-requests.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import { pageBody, readPage } from './common.ts';

export interface GroupRequestHandlerDeps {
  readonly people: Pick<People, 'groupRequests' | 'groupInvitations'>;
  /** URL of this server, with its final slash. */
  readonly issuer: string;
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function groupRequestHandlers({
  people,
  issuer,
}: GroupRequestHandlerDeps): HandlersOf<typeof groupRequestContract> {
  const { groupRequests, groupInvitations } = people;
  return {
    listGroupRequests: async (request) => {
      const { state, own, ...asked } = request.query;
      const page = readPage('group requests', asked);
      if (!page.ok) return page;
      const actor = actorOf(request);
      const accountId = own === undefined ? undefined : actor.id;
      const list = await peopleAnswered(groupRequests.list(actor, { state, accountId }, page.value));
      return list.ok ? ok({ body: pageBody('group requests', list.value, requestBody) }) : list;
    },
    askForGroup: async (request) => {
      const { group, note = null } = request.body;
      const asked = await peopleAnswered(groupRequests.ask(contextOf(request, null), group, note));
      return asked.ok ? ok({ body: requestBody(asked.value), location: `/group-requests/${asked.value.id}` }) : asked;
    },
    getGroupRequest: async (request) => {
      const found = await peopleAnswered(groupRequests.get(actorOf(request), request.params.id));
      return found.ok ? ok({ body: requestBody(found.value) }) : found;
    },
    withdrawGroupRequest: async (request) => {
      const done = await peopleAnswered(groupRequests.withdraw(contextOf(request, null), request.params.id));
      return done.ok ? ok({ body: requestBody(done.value) }) : done;
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

    createInvitation: async (request) => {
      const { email = null, uses = 1, until = null, expiresAt } = request.body;
      const invitation = { email, uses, until, expiresAt };
      const made = await peopleAnswered(
        groupInvitations.create(contextOf(request, null), request.params.id, invitation),
      );
      if (!made.ok) return made;
      const { id, secret } = made.value;
      return ok({ body: { id, link: new URL(`invitation/${secret}`, issuer).href } });
    },
    listInvitations: async (request) => {
      const { group = null, ...asked } = request.query;
      const page = readPage('invitations', asked);
      if (!page.ok) return page;
      const list = await peopleAnswered(groupInvitations.list(actorOf(request), group, page.value));
      return list.ok ? ok({ body: pageBody('invitations', list.value, invitationBody) }) : list;
    },
    revokeInvitation: async (request) => {
      const { id } = request.params;
      const revoked = await peopleAnswered(groupInvitations.revoke(contextOf(request, null), id));
      return revoked.ok ? ok({ body: { revoked: id } }) : revoked;
    },
  };
}

function actorOf({ caller, address }: Asked) {
  return peopleActorOf(caller, address);
}

function contextOf(request: Asked, reason: string | null): ChangeContext {
  return { actor: actorOf(request), reason };
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

function invitationBody(invitation: Invitation): Shown<typeof invitationAnswer> {
  const { id, groupId, groupPath, email, uses, used, createdBy } = invitation;
  return {
    ...{ id, groupId, groupPath, email, uses, used, createdBy },
    until: isoInstant(invitation.until),
    createdAt: isoInstant(invitation.createdAt),
    expiresAt: isoInstant(invitation.expiresAt),
  };
}
