/** Grants over HTTP: the use cases of src/rules/administration.ts behind the contract. */
import { randomUUID } from 'node:crypto';
import { grantRecord } from '../../../lake/records.ts';
import type { GrantAdministration } from '../../../rules/administration.ts';
import { ok } from '../../../shared/result.ts';
import type { grantContract } from '../contract/grants.ts';
import type { HandlersOf } from '../declaration.ts';
import { grantBody, historyBody, versionedGrantBody } from '../represent.ts';
import { expectedNumber } from '../version-tag.ts';
import { actorIn, answered, pageBody, pieceOf, type RuleDeps, readPage, settle, writtenBody } from './common.ts';

export function grantHandlers(grants: GrantAdministration, deps: RuleDeps): HandlersOf<typeof grantContract> {
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
      const written = await settle(deps, grants.create({ actor: actorIn(deps, request), reason }, record));
      if (!written.ok) return written;
      const { value, version } = written.value;
      const grant = versionedGrantBody({ record: value, version });
      const location = `/grants/${encodeURIComponent(id)}`;
      return ok({ body: { grant, ...writtenBody(written.value) }, version, location });
    },

    getGrant: async (request) => {
      const grant = await answered(grants.get(actorIn(deps, request), request.params.id));
      return grant.ok ? ok({ body: versionedGrantBody(grant.value), version: grant.value.version }) : grant;
    },

    replaceGrant: async (request) => {
      const { reason, ...fields } = request.body;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const record = grantRecord({ id: request.params.id, ...fields });
      const written = await settle(deps, grants.replace(context, record));
      if (!written.ok) return written;
      const { value, version } = written.value;
      return ok({
        body: { grant: versionedGrantBody({ record: value, version }), ...writtenBody(written.value) },
        version,
      });
    },

    removeGrant: async (request) => {
      const { reason } = request.query;
      const context = { actor: actorIn(deps, request), reason, expectedVersion: expectedNumber(request.expected) };
      const written = await settle(deps, grants.remove(context, request.params.id));
      if (!written.ok) return written;
      return ok({ body: { removed: grantBody(written.value.value), ...writtenBody(written.value) } });
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
