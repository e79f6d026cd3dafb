/** Who may do what to a client: administrators everything, owners what a registration may, readers look. */
import { isPeopleAdmin, type PeopleActor, seesEverybody } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { ClientDetails } from './administration.ts';

export type ClientRight = 'administrator' | 'owner' | 'reader';

/** Undefined: it does not even see the client. */
export function rightOf(actor: PeopleActor, { owners }: Pick<ClientDetails, 'owners'>): ClientRight | undefined {
  if (isPeopleAdmin(actor)) return 'administrator';
  if (actor.kind === 'user' && owners.some(({ accountId }) => accountId === actor.id)) return 'owner';
  return seesEverybody(actor) ? 'reader' : undefined;
}

/** The client as far as the actor sees it. */
export function seen<C extends ClientDetails>(actor: PeopleActor, client: C | undefined, id: string): PeopleAnswer<C> {
  if (client === undefined || rightOf(actor, client) === undefined) return unknownClient(id);
  return ok(client);
}

/** The client with the actor's right, when it may change it at all. */
export function changeable<C extends ClientDetails>(
  actor: PeopleActor,
  client: C | undefined,
  id: string,
): PeopleAnswer<{ readonly client: C; readonly right: 'administrator' | 'owner' }> {
  const found = seen(actor, client, id);
  if (!found.ok) return found;
  const right = rightOf(actor, found.value);
  if (!actor.mayWrite || (right !== 'administrator' && right !== 'owner')) {
    return refused('not-allowed', 'a client is changed by its owners and by administrators');
  }
  return ok({ client: found.value, right });
}

/** What only administrators do. */
export function administered<C extends ClientDetails>(
  actor: PeopleActor,
  client: C | undefined,
  id: string,
): PeopleAnswer<C> {
  const found = seen(actor, client, id);
  if (!found.ok) return found;
  return isPeopleAdmin(actor) ? found : refused('not-allowed', 'this is for administrators');
}

export function unknownClient(id: string): PeopleAnswer<never> {
  return refused('not-found', `no client \`${id.slice(0, 255)}\``);
}
