/** Embargoes over HTTP: the use cases of src/rules/administration.ts behind the contract. */
import { randomUUID } from 'node:crypto';
import { embargoRecord } from '../../../lake/records.ts';
import type { ChangeContext, EmbargoAdministration, EmbargoView } from '../../../rules/administration.ts';
import type { WriteOutcome } from '../../../rules/refusal.ts';
import { ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { embargoContract } from '../contract/embargoes.ts';
import type { HandlersOf } from '../declaration.ts';
import { embargoBody, embargoViewBody, exposureBody, historyBody, remainderBody } from '../represent.ts';
import { type ExpectedTag, expectedNumber } from '../version-tag.ts';
import { actorIn, answered, pageBody, pieceOf, readPage, written, writtenBody } from './common.ts';

/** As far as a change needs it. */
interface ChangeRequest {
  readonly caller: Caller;
  readonly address: string | null;
  readonly expected: ExpectedTag;
}

export function embargoHandlers(embargoes: EmbargoAdministration, deps: ActorDeps): HandlersOf<typeof embargoContract> {
  const contextOf = (request: ChangeRequest, reason: string | undefined): ChangeContext => ({
    actor: actorIn(deps, request),
    reason,
    expectedVersion: expectedNumber(request.expected),
  });

  async function answer(writing: Promise<WriteOutcome<EmbargoView>>) {
    const outcome = await written(writing);
    if (!outcome.ok) return outcome;
    const { value, version, exposure, remainder } = outcome.value;
    const body = {
      embargo: embargoViewBody(value),
      ...writtenBody(outcome.value),
      ...(exposure && { exposure: exposureBody(exposure) }),
      ...(remainder && { remainder: remainderBody(remainder) }),
    };
    return ok({ body, version, location: `/embargoes/${encodeURIComponent(value.record.id)}` });
  }

  return {
    listEmbargoes: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = readPage('embargoes', { limit, cursor });
      if (!page.ok) return page;
      const list = await answered(embargoes.list(actorIn(deps, request), filter, page.value));
      return list.ok ? ok({ body: pageBody('embargoes', list.value, embargoViewBody) }) : list;
    },

    createEmbargo: (request) => {
      const { reason, id = `e-${randomUUID()}`, ...fields } = request.body;
      const record = embargoRecord({ id, ...fields }, 'active');
      return answer(embargoes.create({ actor: actorIn(deps, request), reason }, record));
    },

    getEmbargo: async (request) => {
      const view = await answered(embargoes.get(actorIn(deps, request), request.params.id));
      return view.ok ? ok({ body: embargoViewBody(view.value), version: view.value.version }) : view;
    },

    replaceEmbargo: (request) => {
      const { reason, ...fields } = request.body;
      // Its state is not among the fields: the use case keeps the present one.
      const record = embargoRecord({ id: request.params.id, ...fields }, 'active');
      return answer(embargoes.replace(contextOf(request, reason), record));
    },

    getEmbargoHistory: async (request) => {
      const page = readPage('history', request.query);
      if (!page.ok) return page;
      const history = await answered(embargoes.history(actorIn(deps, request), request.params.id));
      if (!history.ok) return history;
      const piece = pieceOf(history.value, page.value);
      return ok({ body: pageBody('history', piece, (entry) => historyBody(entry, embargoBody)) });
    },

    activateEmbargo: (request) =>
      answer(embargoes.activate(contextOf(request, request.body.reason), request.params.id)),

    extendEmbargo: (request) => {
      const { until, reason } = request.body;
      return answer(embargoes.extend(contextOf(request, reason), request.params.id, { until }));
    },

    releaseEmbargo: (request) => {
      const { at, reason } = request.body;
      return answer(embargoes.release(contextOf(request, reason), request.params.id, at));
    },

    withdrawEmbargo: (request) =>
      answer(embargoes.withdraw(contextOf(request, request.body.reason), request.params.id)),

    exemptPath: (request) => {
      const { path, reason } = request.body;
      return answer(embargoes.exempt(contextOf(request, reason), request.params.id, path));
    },

    addParty: (request) => {
      const { reason, ...party } = request.body;
      return answer(embargoes.addParty(contextOf(request, reason), request.params.id, party));
    },

    removeParty: (request) => {
      const { id, subject } = request.params;
      return answer(embargoes.removeParty(contextOf(request, request.query.reason), id, subject));
    },
  };
}
