/** The queue of requests for more: owners ask, administrators decide, and nothing is granted that was not asked (W-SEC-2). */
import { isPeopleAdmin, peopleActorName, seesEverybody } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import { checkedGrants } from './administered-definition.ts';
import type { ClientSession, HeldClient } from './administration-store.ts';
import { readGrants } from './granted-schema.ts';
import { addGrants, type ClientGrants, commonGrants, isEmptyGrants, withoutEmpty } from './grants.ts';
import { changeable, rightOf } from './permissions.ts';
import { type ClientRequest, type ClientRequests, requestDays } from './requests.ts';
import { type ClientAdministrationDeps, writeClient } from './use-case.ts';

const day = 86_400_000;

/** Of one client at a time. */
const mostWaiting = 5;

export function createRequestUseCases(deps: ClientAdministrationDeps): ClientRequests {
  const { records, clock } = deps;
  const unknown = (id: string) => refused('not-found', `no request \`${id.slice(0, 64)}\``);

  /** A waiting request with its client, for administrators. */
  const waiting = async (
    session: ClientSession,
    actor: Parameters<typeof isPeopleAdmin>[0],
    id: string,
    now: number,
  ): Promise<PeopleAnswer<{ readonly request: ClientRequest; readonly client: HeldClient }>> => {
    if (!isPeopleAdmin(actor)) return refused('not-allowed', 'requests are decided by administrators');
    const request = await session.request(id);
    const client = request && (await session.find(request.clientId));
    if (request === undefined || client === undefined) return unknown(id);
    if (request.state !== 'waiting' || now >= request.expiresAt) {
      return refused('conflict', 'the request does not wait any more');
    }
    return ok({ request, client });
  };

  return {
    listRequests: async (actor, filter, page) => {
      if (!seesEverybody(actor)) {
        const client = filter.clientId === undefined ? undefined : await records.find(filter.clientId, clock.now());
        if (client === undefined || rightOf(actor, client) === undefined) {
          return refused('not-allowed', 'requests are seen by administrators and by owners of the client');
        }
      }
      return ok(await records.requests(filter, page));
    },

    getRequest: async (actor, id) => {
      const request = await records.findRequest(id);
      const client = request && (await records.find(request.clientId, clock.now()));
      const isSeen = client !== undefined && rightOf(actor, client) !== undefined;
      return request !== undefined && isSeen ? ok(request) : unknown(id);
    },

    ask: (context, clientId, given, note) =>
      writeClient(deps, context, async (session, now): Promise<PeopleAnswer<ClientRequest>> => {
        const found = changeable(context.actor, await session.find(clientId), clientId);
        if (!found.ok) return found;
        const { client } = found.value;
        const asked = readAsked(client, given, note);
        if (!asked.ok) return asked;
        if ((await session.countRequests(clientId)) >= mostWaiting) {
          return refused('in-use', `${mostWaiting} requests wait already: withdraw one first`);
        }
        const id = deps.newId();
        const { actor } = context;
        const request = { id, clientId, asked: asked.value, note: note.trim() };
        await session.addRequest(
          { ...request, createdAt: now, expiresAt: now + requestDays * day },
          actor.kind === 'user' ? actor.id : null,
        );
        await session.audit('client.requested', clientId, { request: id, asked: asked.value });
        const askedBy = actor.username ?? actor.id;
        await session.mail(
          'administrators',
          client,
          { kind: 'client.requested', data: { askedBy, note: request.note } },
          now,
        );
        return after(session, id);
      }),

    withdraw: (context, id) =>
      writeClient(deps, context, async (session, now): Promise<PeopleAnswer<ClientRequest>> => {
        const request = await session.request(id);
        const found = request && changeable(context.actor, await session.find(request.clientId), request.clientId);
        if (request === undefined || found === undefined || (!found.ok && found.error.code === 'not-found')) {
          return unknown(id);
        }
        if (!found.ok) return found;
        if (request.state !== 'waiting') return refused('conflict', 'the request does not wait any more');
        const by = peopleActorName(context.actor);
        await session.decide(id, { state: 'withdrawn', by, reason: context.reason, approved: null }, now);
        await session.audit('client.request-withdrawn', request.clientId, { request: id });
        return after(session, id);
      }),

    approve: (context, id, granted) =>
      writeClient(deps, context, async (session, now): Promise<PeopleAnswer<ClientRequest>> => {
        const found = await waiting(session, context.actor, id, now);
        if (!found.ok) return found;
        const { request, client } = found.value;
        const approved = granted === undefined ? request.asked : commonGrants(granted, request.asked);
        if (isEmptyGrants(approved)) {
          return refused('invalid', 'expected something of what was asked; to give nothing, refuse', 'granted');
        }
        const fits = checkedGrants(client, addGrants(client.granted, approved));
        if (!fits.ok) return fits;
        const { reason } = context;
        await session.update(client.clientId, { granted: addGrants(client.granted, approved) }, now);
        await session.decide(id, { state: 'approved', by: peopleActorName(context.actor), reason, approved }, now);
        await session.audit('client.request-approved', client.clientId, {
          request: id,
          asked: request.asked,
          approved,
        });
        await session.mail('owners', client, { kind: 'client.approved', data: { reason } }, now);
        return after(session, id);
      }),

    refuse: (context, id) =>
      writeClient(deps, context, async (session, now): Promise<PeopleAnswer<ClientRequest>> => {
        const found = await waiting(session, context.actor, id, now);
        if (!found.ok) return found;
        const { reason } = context;
        if (reason === null) return refused('invalid', 'expected a reason, which the owners are told', 'reason');
        const { client } = found.value;
        await session.decide(id, { state: 'refused', by: peopleActorName(context.actor), reason, approved: null }, now);
        await session.audit('client.request-refused', client.clientId, { request: id });
        await session.mail('owners', client, { kind: 'client.refused', data: { reason } }, now);
        return after(session, id);
      }),

    countWaiting: () => records.countWaiting(clock.now()),
  };

  async function after(session: ClientSession, id: string): Promise<PeopleAnswer<ClientRequest>> {
    const request = await session.request(id);
    return request === undefined ? unknown(id) : ok(request);
  }
}

/** What is asked, when it can be had at all. */
function readAsked(client: HeldClient, given: ClientGrants, note: string): PeopleAnswer<ClientGrants> {
  const asked = missing(given, client);
  if (!asked.ok) return asked;
  if (!/\S/.test(note) || note.length > 1000) return refused('invalid', 'expected 1 to 1000 characters', 'note');
  const fits = checkedGrants(client, addGrants(client.granted, asked.value));
  return fits.ok ? asked : fits;
}

/** What of it the client does not have yet. */
function missing(given: ClientGrants, { effective }: HeldClient): PeopleAnswer<ClientGrants> {
  const read = readGrants(given);
  if (!read.ok) return read;
  const { scopes = [], audiences = [], grantTypes = [], exchangeOffline, privileged } = read.value;
  const without = (some: readonly string[], has: readonly string[] = []) => some.filter((one) => !has.includes(one));
  const asked = withoutEmpty({
    scopes: without(scopes, effective.scopes),
    // Without a list every audience may be asked for.
    audiences: effective.audiences === undefined ? [] : without(audiences, effective.audiences),
    grantTypes: without(grantTypes, effective.grantTypes),
    exchangeOffline: exchangeOffline && !effective.exchangeOffline,
    privileged: privileged && !effective.privileged,
  });
  if (isEmptyGrants(asked)) return refused('invalid', 'expected something that the client does not have yet', 'scopes');
  return ok(asked);
}
