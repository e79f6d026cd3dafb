/** Who reads or changes rules, with what the session or token lets it (policy-semantics 7, "Who"). */
import { type Account, isUsable, type Role } from '../accounts/account.ts';
import { toSpan } from '../policy/interval.ts';
import { isAtOrBelow } from '../policy/path.ts';
import type { Subject } from '../policy/rule.ts';

/** An administrator, manager, reader, party or anybody else. `operator` is the command line on the server's own machine. */
export interface Actor {
  readonly kind: 'user' | 'client' | 'operator';
  /** Account id or client id; `operator` for the command line. */
  readonly id: string;
  /** Null for clients and the command line. */
  readonly username: string | null;
  /** Of an account; of a client, what its scopes stand for (`policy:read` reader, `policy:write` admin). */
  readonly roles: readonly Role[];
  /** Logical paths at or below which it manages embargoes; null: everywhere; empty: nowhere. */
  readonly embargoPaths: readonly string[] | null;
  /** The subjects it holds now: `user:…` and `group:…`, or `client:…`. */
  readonly subjects: ReadonlySet<Subject>;
  /** Whether its session or token may write at all (scope `policy:write`). */
  readonly mayWrite: boolean;
  /** Network address, for logs. */
  readonly address: string | null;
}

/** `sluice apply` and other commands: whoever reaches the database may do what an administrator may. */
export const operator: Actor = {
  kind: 'operator',
  id: 'operator',
  username: null,
  roles: ['admin'],
  embargoPaths: null,
  subjects: new Set(),
  mayWrite: true,
  address: null,
};

/** An account at an instant (ms since the epoch); one that is suspended or has ended holds nothing. */
export function accountActor(
  account: Account,
  now: number,
  { mayWrite, address }: Pick<Actor, 'mayWrite' | 'address'>,
): Actor {
  const usable = isUsable(account, now);
  const groups = account.memberships.filter((membership) => {
    const { from, until } = toSpan(membership);
    return from <= now && now < until;
  });
  const isManager = usable && account.roles.includes('embargo-manager');
  return {
    kind: 'user',
    id: account.id,
    username: account.username,
    roles: usable ? account.roles : [],
    embargoPaths: isManager ? (account.embargoPaths === undefined ? [] : account.embargoPaths) : [],
    subjects: new Set<Subject>(
      usable ? [`user:${account.username}`, ...groups.map(({ group }) => `group:${group}` as const)] : [],
    ),
    mayWrite: usable && mayWrite,
    address,
  };
}

/** How the history names it: `user:<username>`, `client:<id>` or `operator`. */
export function actorName({ kind, id, username }: Actor): string {
  return kind === 'operator' ? kind : `${kind}:${username ?? id}`;
}

export function isAdmin({ roles }: Actor): boolean {
  return roles.includes('admin');
}

/** Whether it sees every rule. */
export function seesAll({ roles }: Actor): boolean {
  return roles.includes('admin') || roles.includes('reader');
}

/** Whether it manages embargoes on this logical path. */
export function managesPath({ roles, embargoPaths }: Actor, path: string): boolean {
  if (!roles.includes('embargo-manager')) return false;
  return embargoPaths === null || embargoPaths.some((managed) => isAtOrBelow(path, managed));
}
