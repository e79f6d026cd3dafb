/** Bulk revocation and the audit log over HTTP. */
import type { AuditLog, StoredAuditEntry } from '../../../audit/audit-log.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { seesAll } from '../../../rules/actor.ts';
import type { BulkRevocation } from '../../../rules/bulk-revocation.ts';
import { err, ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { revocationContract } from '../contract/revocations.ts';
import type { HandlersOf } from '../declaration.ts';
import { problem } from '../problem.ts';
import { actorIn, answered, pageBody, readPage } from './common.ts';

export interface RevocationHandlerDeps extends ActorDeps {
  readonly revocation: BulkRevocation;
  readonly audit: AuditLog;
}

export function revocationHandlers(deps: RevocationHandlerDeps): HandlersOf<typeof revocationContract> {
  const { revocation, audit } = deps;
  return {
    revokeTokens: async (request) => {
      const { reason, ...selection } = request.body;
      const revoked = await answered(revocation.revoke({ actor: actorIn(deps, request), reason }, selection));
      if (!revoked.ok) return revoked;
      const { at, refreshChains, accessTokens } = revoked.value;
      const { count, lastExpiry } = accessTokens;
      return ok({
        body: { at: isoInstant(at), refreshChains, accessTokens: { count, lastExpiry: isoInstant(lastExpiry) } },
      });
    },

    listAudit: async (request) => {
      const { limit, cursor, ...filter } = request.query;
      const page = readPage('audit', { limit, cursor });
      if (!page.ok) return page;
      if (!seesAll(actorIn(deps, request))) {
        return err(problem('forbidden', 'the audit log is read by administrators and readers'));
      }
      return ok({ body: pageBody('audit', await audit.read(filter, page.value), entryBody) });
    },
  };
}

function entryBody({ at, objectKind, objectId, ...entry }: StoredAuditEntry) {
  const object = objectKind === undefined || objectId === undefined ? null : { kind: objectKind, id: objectId };
  return { ...entry, at: isoInstant(at), object };
}
