/** Who would ask: classes of accounts through classes of clients, and clients for themselves. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Principal, Subject } from '../policy/rule.ts';
import { isStorageName } from '../policy/scope.ts';
import { deviceCodeGrant } from '../tokens/profile.ts';
import type { Concerned } from './proposal.ts';
import type { PeopleClass } from './store.ts';

/** Principals that are decided on alike. */
export interface People {
  readonly kind: 'user' | 'client';
  readonly count: number;
  readonly names: readonly string[];
  readonly subjects: readonly Subject[];
  /** One that stands for all. */
  readonly principal: Principal;
}

/** Clients that the policy treats alike. */
export interface ClientGroup {
  readonly client: RegisteredClient;
  readonly names: readonly string[];
}

export interface Asking {
  readonly people: People;
  readonly client: RegisteredClient;
  /** All clients like this one; of a client for itself, none. */
  readonly clients: readonly string[];
}

/** Clients through which users come, with storage scopes. */
export function groupClients(clients: readonly RegisteredClient[]): readonly ClientGroup[] {
  const forUsers = clients.filter(
    ({ grantTypes, scopes }) =>
      (grantTypes.includes('authorization_code') || grantTypes.includes(deviceCodeGrant)) && scopes.some(isStorageName),
  );
  return [...Map.groupBy(forUsers, likeness).values()].flatMap((alike) => {
    const [client] = alike;
    return client === undefined ? [] : [{ client, names: alike.map(({ clientId }) => clientId) }];
  });
}

/** What the policy and the choice of typical requests depend on. */
function likeness({ scopes, policyMode, accessTokenLifetimeSeconds, audiences }: RegisteredClient): string {
  return JSON.stringify([scopes.filter(isStorageName).sort(), policyMode, accessTokenLifetimeSeconds, audiences]);
}

export function userAskings(classes: readonly PeopleClass[], groups: readonly ClientGroup[]): readonly Asking[] {
  return classes.flatMap(({ count, usernames, endsAt, memberships }) => {
    const [username = ''] = usernames;
    const people: People = {
      kind: 'user',
      count,
      names: usernames,
      subjects:
        memberships.length === 0 ? [`user:${username}`] : memberships.map(({ group }): Subject => `group:${group}`),
      principal: { kind: 'user', username, memberships, endsAt },
    };
    return groups.map(({ client, names }) => ({ people, client, clients: names }));
  });
}

/** Clients that act for themselves and hold a subject of a grant that meets the proposal. */
export function clientAskings(clients: Iterable<RegisteredClient>, { granting }: Concerned): readonly Asking[] {
  return [...clients]
    .filter(({ grantTypes }) => grantTypes.includes('client_credentials'))
    .flatMap((client) => {
      const { clientId, memberships } = client;
      const held: Subject[] = [`client:${clientId}`, ...memberships.map(({ group }): Subject => `group:${group}`)];
      const subjects = held.filter((subject) => granting.includes(subject));
      if (subjects.length === 0) return [];
      const principal: Principal = { kind: 'client', clientId, memberships };
      return [{ people: { kind: 'client', count: 1, names: [clientId], subjects, principal }, client, clients: [] }];
    });
}
