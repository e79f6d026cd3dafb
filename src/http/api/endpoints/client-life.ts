/** Clients over HTTP: the use cases of src/clients/administration.ts behind the contract. */
import type { ChangeContext } from '../../../accounts/actor.ts';
import type {
  ClientAdministration,
  ClientDetails,
  ClientSecret,
  ClientSummary,
} from '../../../clients/administration.ts';
import type { ClientRequest } from '../../../clients/requests.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { clientLifeContract } from '../contract/client-life.ts';
import type { clientRequestContract } from '../contract/client-requests.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import type { clientAnswer, clientRequestAnswer, clientSecretAnswer, clientSummaryAnswer } from '../schemas/clients.ts';
import { pageBody, readPage } from './common.ts';

export interface ClientLifeHandlerDeps {
  readonly people: { readonly clients: ClientAdministration };
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function clientLifeHandlers({
  people,
}: ClientLifeHandlerDeps): HandlersOf<typeof clientLifeContract & typeof clientRequestContract> {
  const { clients } = people;
  const client = async (asking: ReturnType<ClientAdministration['get']>) => {
    const answer = await peopleAnswered(asking);
    return answer.ok ? ok({ body: clientBody(answer.value) }) : answer;
  };
  const decided = async (asking: ReturnType<ClientAdministration['withdraw']>) => {
    const answer = await peopleAnswered(asking);
    return answer.ok ? ok({ body: requestBody(answer.value) }) : answer;
  };

  return {
    listClients: async (request) => {
      const { limit, cursor, unused, withoutOwner, waiting, ...filter } = request.query;
      const page = readPage('clients', { limit, cursor });
      if (!page.ok) return page;
      const flags = {
        unused: unused !== undefined,
        withoutOwner: withoutOwner !== undefined,
        waiting: waiting !== undefined,
      };
      const list = await peopleAnswered(clients.list(actorOf(request), { ...filter, ...flags }, page.value));
      return list.ok ? ok({ body: pageBody('clients', list.value, summaryBody) }) : list;
    },
    createClient: async (request) => {
      const { reason = null, ...fields } = request.body;
      const created = await peopleAnswered(clients.create(contextOf(request, reason), fields));
      if (!created.ok) return created;
      const { client: made, secret } = created.value;
      const location = `/clients/${encodeURIComponent(made.clientId)}`;
      return ok({ body: { client: clientBody(made), clientSecret: secret }, location });
    },
    getClient: (request) => client(clients.get(actorOf(request), request.params.clientId)),
    changeClient: (request) => {
      const { definition = {}, reset = [], reason = null } = request.body;
      // As JSON has it here, a member that is null is absent.
      const change = { ...definition, ...Object.fromEntries(reset.map((field) => [field, null])) };
      return client(clients.change(contextOf(request, reason), request.params.clientId, change));
    },
    removeClient: async (request) => {
      const { clientId } = request.params;
      const removed = await peopleAnswered(clients.remove(contextOf(request, request.query.reason ?? null), clientId));
      return removed.ok ? ok({ body: { removed: clientId } }) : removed;
    },
    suspendClient: (request) =>
      client(clients.suspend(contextOf(request, request.body.reason), request.params.clientId)),
    restoreClient: (request) =>
      client(clients.restore(contextOf(request, request.body.reason ?? null), request.params.clientId)),
    setClientOwners: (request) => {
      const { owners, reason = null } = request.body;
      return client(clients.setOwners(contextOf(request, reason), request.params.clientId, owners));
    },
    setClientGrants: (request) => {
      const { granted, reason = null } = request.body;
      return client(clients.setGranted(contextOf(request, reason), request.params.clientId, granted));
    },
    addClientSecret: async (request) => {
      const { overlapDays, reason = null } = request.body;
      const context = contextOf(request, reason);
      const added = await peopleAnswered(clients.addSecret(context, request.params.clientId, overlapDays));
      if (!added.ok) return added;
      return ok({ body: { client: clientBody(added.value.client), clientSecret: added.value.secret } });
    },
    endClientSecret: (request) =>
      client(clients.endSecret(contextOf(request, null), request.params.clientId, request.params.slot)),
    askForClient: async (request) => {
      const { asked, note } = request.body;
      const made = await peopleAnswered(clients.ask(contextOf(request, null), request.params.clientId, asked, note));
      if (!made.ok) return made;
      return ok({ body: requestBody(made.value), location: `/client-requests/${made.value.id}` });
    },
    listClientRequests: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = readPage('client-requests', { limit, cursor });
      if (!page.ok) return page;
      const list = await peopleAnswered(clients.listRequests(actorOf(request), filter, page.value));
      return list.ok ? ok({ body: pageBody('client-requests', list.value, requestBody) }) : list;
    },
    getClientRequest: (request) => decided(clients.getRequest(actorOf(request), request.params.id)),
    approveClientRequest: (request) => {
      const { granted, reason = null } = request.body;
      return decided(clients.approve(contextOf(request, reason), request.params.id, granted));
    },
    refuseClientRequest: (request) =>
      decided(clients.refuse(contextOf(request, request.body.reason), request.params.id)),
    withdrawClientRequest: (request) =>
      decided(clients.withdraw(contextOf(request, request.body.reason ?? null), request.params.id)),
  };
}

function actorOf({ caller, address }: Asked) {
  return peopleActorOf(caller, address);
}

function contextOf(request: Asked, reason: string | null): ChangeContext {
  return { actor: actorOf(request), reason };
}

function summaryBody({ createdAt, ...client }: ClientSummary): Shown<typeof clientSummaryAnswer> {
  return { ...client, createdAt: isoInstant(createdAt) };
}

function clientBody(client: ClientDetails): Shown<typeof clientAnswer> {
  const { owners, invitations, suspension, secrets, createdAt, updatedAt, own, granted, effective, ...rest } = client;
  return {
    ...rest,
    own: { ...own },
    granted: { ...granted },
    effective: { ...effective },
    createdAt: isoInstant(createdAt),
    updatedAt: isoInstant(updatedAt),
    owners: owners.map(({ username, name, usable }) => ({ username, name, usable })),
    invited: invitations.map(({ username }) => username),
    suspension: suspension && { ...suspension, at: instantOrNull(suspension.at) },
    secrets: secrets.map(secretBody),
  };
}

function secretBody({ createdAt, endsAt, ...secret }: ClientSecret): Shown<typeof clientSecretAnswer> {
  return { ...secret, createdAt: instantOrNull(createdAt), endsAt: instantOrNull(endsAt) };
}

function requestBody(request: ClientRequest): Shown<typeof clientRequestAnswer> {
  const { createdAt, expiresAt, decidedAt, asked, approved, ...rest } = request;
  return {
    ...rest,
    asked: { ...asked },
    approved: approved && { ...approved },
    createdAt: isoInstant(createdAt),
    expiresAt: isoInstant(expiresAt),
    decidedAt: instantOrNull(decidedAt),
  };
}

function instantOrNull(at: number | null): string | null {
  return at === null ? null : isoInstant(at);
}
