/** Clients that registered themselves, over HTTP. */
import { registeredClient } from '../../../clients/definition.ts';
import type { ListedRegistration } from '../../../clients/registration-store.ts';
import { isoInstant } from '../../../policy/explain.ts';
import type { ClientAllowance } from '../../../rules/client-allowance.ts';
import { ok } from '../../../shared/result.ts';
import type { ActorDeps } from '../actor.ts';
import type { clientContract, registeredClientAnswer } from '../contract/clients.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { actorIn, answered, pageBody, readPage } from './common.ts';

export interface ClientHandlerDeps extends ActorDeps {
  readonly allowance: ClientAllowance;
}

export function clientHandlers(deps: ClientHandlerDeps): HandlersOf<typeof clientContract> {
  return {
    listRegisteredClients: async (request) => {
      const page = readPage('registered-clients', request.query);
      if (!page.ok) return page;
      const found = await answered(deps.allowance.list(actorIn(deps, request), page.value));
      return found.ok ? ok({ body: pageBody('registered-clients', found.value, shown) }) : found;
    },

    allowClient: async (request) => {
      const { reason, ...allowance } = request.body;
      const by = { actor: actorIn(deps, request), reason };
      const allowed = await answered(deps.allowance.change(by, request.params.clientId, allowance));
      return allowed.ok ? ok({ body: allowed.value }) : allowed;
    },
  };
}

function shown(listed: ListedRegistration): Shown<typeof registeredClientAnswer> {
  const { clientId, definition, state, registeredAt, registeredBy, usedOn } = listed;
  const client = registeredClient({ clientId, secretHash: null, memberships: [] }, definition);
  const { name, scopes, optionalGroups, redirectUris } = client;
  const said = { clientId, name, state, scopes, optionalGroups, redirectUris, registeredBy, usedOn };
  return { ...said, registeredAt: isoInstant(registeredAt) };
}
