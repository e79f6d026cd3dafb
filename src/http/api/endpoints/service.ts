/** The API about itself over HTTP. */
import { ok } from '../../../shared/result.ts';
import { clientRoles } from '../actor.ts';
import type { serviceContract } from '../contract/service.ts';
import type { HandlersOf } from '../declaration.ts';

export function serviceHandlers(document: Record<string, unknown>): HandlersOf<typeof serviceContract> {
  return {
    getDocument: async () => ok({ body: document }),

    getSession: async ({ caller }) => {
      const scopes = [...caller.scopes].filter((scope) => scope.startsWith('policy:')).sort();
      if (caller.kind === 'client') {
        return ok({
          body: { kind: 'client', name: caller.clientId, roles: clientRoles(caller.scopes), scopes, csrf: null },
        });
      }
      const { username, roles } = caller.account;
      return ok({ body: { kind: 'account', name: username, roles, scopes, csrf: caller.csrfToken ?? null } });
    },
  };
}
