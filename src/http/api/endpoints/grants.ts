/** Grants over HTTP: the use cases of src/rules/administration.ts behind the contract. */
import { randomUUID } from 'node:crypto';
import { grantRecord } from '../../../lake/records.ts';
import type { GrantAdministration } from '../../../rules/administration.ts';
import { ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { grantContract } from '../contract/grants.ts';
import type { HandlersOf } from '../declaration.ts';
import { grantBody, historyBody, versionedGrantBody } from '../represent.ts';
import { expectedNumber } from '../version-tag.ts';
import { actorIn, answered, pageBody, pieceOf, readPage, written, writtenBody } from './common.ts';

export function grantHandlers(grants: GrantAdministration, deps: ActorDeps): HandlersOf<typeof grantContract> {
  return {
    listGrants: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = readPage('grants', { limit, cursor });
      if (!page.ok) return page;
      const list = await answered(grants.list(actorIn(deps, request), filter, page.value));
      return list.ok ? ok({ body: pageBody('grants', list.value, versionedGrantBody) }) : list;
    },

    createGrant: async (request) => {
      const { reason, id = `g-${randomUUID()}`, ...fields } = request.body;
      const record = grantRecord({ id, ...fields });
      const outcome = await written(grants.create({ actor: actorIn(deps, request), reason }, record));
      if (!outcome.ok) return outcome;
      const { value, version } = outcome.value;
      const grant = versionedGrantBody({ record: value, version });
      const location = `/grants/${encodeURIComponent(id)}`;
      return ok({ body: { grant, ...writtenBody(outcome.value) }, version, location });
    },

    getGrant: async (request) => {
      const grant = await answered(grants.get(actorIn(deps, request), request.params.id));
      return grant.ok ? ok({ body: versionedGrantBody(grant.value), version: grant.value.version }) : grant;
    },

    replaceGrant: async (request) => {
      const { reason, ...fields } = request.body;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const record = grantRecord({ id: request.params.id, ...fields });
      const outcome = await written(grants.replace(context, record));
      if (!outcome.ok) return outcome;
      const { value, version } = outcome.value;
      return ok({
        body: { grant: versionedGrantBody({ record: value, version }), ...writtenBody(outcome.value) },
        version,
      });
    },

    removeGrant: async (request) => {
      const { reason } = request.query;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const outcome = await written(grants.remove(context, request.params.id));
      if (!outcome.ok) return outcome;
      return ok({ body: { removed: grantBody(outcome.value.value), ...writtenBody(outcome.value) } });
    },

    getGrantHistory: async (request) => {
      const page = readPage('history', request.query);
      if (!page.ok) return page;
      const history = await answered(grants.history(actorIn(deps, request), request.params.id));
      if (!history.ok) return history;
      const piece = pieceOf(history.value, page.value);
      return ok({ body: pageBody('history', piece, (entry) => historyBody(entry, grantBody)) });
    },
  };
}
