/** Who changes people and groups, as the use cases see it: roles are those of the moment of the request. */
import type { Role } from './account.ts';

/** A person, a client that acts for itself, the command line, or the server's own regular work. */
export interface PeopleActor {
  readonly kind: 'user' | 'client' | 'operator' | 'system';
  /** Account id or client id; `operator`; for regular work its name, such as `life-cycle`. */
  readonly id: string;
  /** Null for all but users. */
  readonly username: string | null;
  readonly roles: readonly Role[];
  /** Whether the session or token lets it write at all (scope `people:write`). */
  readonly mayWrite: boolean;
  /** Network address, for the audit log. */
  readonly address: string | null;
}

/** Who changes something, from where, and why: what the audit log and the histories keep. */
export interface ChangeContext {
  readonly actor: PeopleActor;
  readonly reason: string | null;
}

/** How histories and the audit log name it: `user:<username>`, `client:<id>`, `operator` or `system:<name>`. */
export function peopleActorName({ kind, id, username }: PeopleActor): string {
  return kind === 'operator' ? kind : `${kind}:${username ?? id}`;
}

export function isPeopleAdmin({ roles, mayWrite }: PeopleActor): boolean {
  return mayWrite && roles.includes('admin');
}

/** Whether it sees every account and group. */
export function seesEverybody({ roles }: PeopleActor): boolean {
  return roles.includes('admin') || roles.includes('reader');
}

/** Regular work of the server: ends, expiries, warnings. */
export function systemActor(name: string): PeopleActor {
  return { kind: 'system', id: name, username: null, roles: ['admin'], mayWrite: true, address: null };
}

export const peopleOperator: PeopleActor = {
  kind: 'operator',
  id: 'operator',
  username: null,
  roles: ['admin'],
  mayWrite: true,
  address: null,
};
