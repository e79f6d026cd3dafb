/** The caller as the rules know it (policy-semantics 7, "Who"): roles of an account, or what the scopes of a client acting for itself stand for. */
import type { Role } from '../../accounts/account.ts';
import type { PeopleActor } from '../../accounts/actor.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { toSpan } from '../../policy/interval.ts';
import type { Subject } from '../../policy/rule.ts';
import { type Actor, accountActor } from '../../rules/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Caller } from './caller.ts';

export interface ActorDeps {
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

export function actorOf({ snapshots, clock }: ActorDeps, caller: Caller, address: string | null): Actor {
  const now = clock.now();
  const mayWrite = caller.scopes.has('policy:write');
  if (caller.kind === 'account') return accountActor(caller.account, now, { mayWrite, address });
  const { clientId, scopes } = caller;
  const memberships = snapshots.current().clients.get(clientId)?.memberships ?? [];
  const groups = memberships.filter((membership) => {
    const { from, until } = toSpan(membership);
    return from <= now && now < until;
  });
  return {
    kind: 'client',
    id: clientId,
    username: null,
    roles: clientRoles(scopes),
    embargoPaths: [],
    subjects: new Set<Subject>([`client:${clientId}`, ...groups.map(({ group }) => `group:${group}` as const)]),
    mayWrite,
    address,
  };
}

/** The same caller as those see it who look after people and groups. */
export function peopleActorOf(caller: Caller, address: string | null): PeopleActor {
  const mayWrite = caller.scopes.has('people:write');
  if (caller.kind === 'account') {
    const { id, username, roles } = caller.account;
    return { kind: 'user', id, username, roles, mayWrite, address };
  }
  const { clientId: id, scopes } = caller;
  const roles = [
    ...(mayWrite ? (['admin'] as const) : []),
    ...(scopes.has('people:read') ? (['reader'] as const) : []),
  ];
  return { kind: 'client', id, username: null, roles, mayWrite, address };
}

/** Its registration allowed these scopes: writing as an administrator of rules, reading as a reader. */
export function clientRoles(scopes: ReadonlySet<string>): readonly Role[] {
  return [
    ...(scopes.has('policy:write') ? ['admin' as const] : []),
    ...(scopes.has('policy:read') ? ['reader' as const] : []),
  ];
}
