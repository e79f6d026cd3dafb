/** What the rules give one account and what closes it: the policy as its own people ask for it (policy-semantics 2 to 4). */
import { type Account, boundOf } from '../accounts/account.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { CompiledEmbargo, CompiledGrant } from '../policy/compiled-rules.ts';
import type { Decision } from '../policy/decision.ts';
import { toSpan } from '../policy/interval.ts';
import { isAtOrBelow } from '../policy/path.ts';
import { resolve } from '../policy/resolve.ts';
import { type Action, actions, type Subject } from '../policy/rule.ts';

export interface OwnAccessQuestion {
  readonly account: Account;
  readonly action: Action;
  /** The storage's own path; logical without a storage. */
  readonly path: string;
  readonly audience: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A client that may do everything, so that nothing but the account's own rights counts. */
const everything: Pick<RegisteredClient, 'clientId' | 'scopes' | 'policyMode'> = {
  clientId: '',
  scopes: actions.map((action) => `storage.${action}:/`),
  policyMode: 'expand',
};

const lifetimeSeconds = 3600;

export function ownAccess(policy: CompiledPolicy, question: OwnAccessQuestion): Decision {
  const { account, action, path, audience, at } = question;
  const { username, memberships } = account;
  return resolve(policy, {
    principal: { kind: 'user', username, memberships, endsAt: boundOf(account) },
    client: everything,
    audiences: audience === null ? [] : [audience],
    scopes: [`storage.${action}:${path}`],
    now: at,
    lifetimeSeconds,
  });
}

/** A grant, and until when it lasts for the account: infinite without end. */
export interface HeldGrant {
  readonly grant: CompiledGrant;
  readonly until: number;
}

export interface MetEmbargo {
  readonly embargo: CompiledEmbargo;
  /** Of the actions that it closes, some are open to the account. */
  readonly admitted: boolean;
}

/** Grants in force of the account and its groups, and the embargoes in force that lie above or below them; each by path. */
export function ownRules(
  policy: CompiledPolicy,
  account: Account,
  now: number,
): { readonly grants: readonly HeldGrant[]; readonly embargoes: readonly MetEmbargo[] } {
  const subjects = subjectsOf(account, now);
  const inForce = ({ from, until }: { readonly from: number; readonly until: number }) => from <= now && now < until;
  const grants = [...policy.grants.values()].flatMap((grant) => {
    const held = subjects.get(grant.subject);
    return held === undefined || !inForce(grant) ? [] : [{ grant, until: Math.min(held, grant.until) }];
  });
  const paths = topmost(grants.map(({ grant }) => grant.path));
  const embargoes = [...policy.embargoes.values()]
    .filter((embargo) => inForce(embargo))
    .filter(({ path }) => paths.some((granted) => isAtOrBelow(path, granted) || isAtOrBelow(granted, path)))
    .map((embargo) => ({
      embargo,
      admitted: embargo.parties.some((party) => inForce(party) && subjects.has(party.subject)),
    }));
  const byPath = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
  return {
    grants: grants.sort(
      (one, other) => byPath(one.grant.path, other.grant.path) || byPath(one.grant.id, other.grant.id),
    ),
    embargoes: embargoes.sort((one, other) => byPath(one.embargo.path, other.embargo.path)),
  };
}

/** Each with the end of what it rests on. */
function subjectsOf(account: Account, now: number): ReadonlyMap<Subject, number> {
  const end = boundOf(account) ?? Number.POSITIVE_INFINITY;
  const subjects = new Map<Subject, number>([[`user:${account.username}`, end]]);
  for (const membership of account.memberships) {
    const { from, until } = toSpan(membership);
    if (from <= now && now < until) subjects.set(`group:${membership.group}`, Math.min(until, end));
  }
  return subjects;
}

/** Whatever meets one of them meets a topmost one. */
function topmost(paths: readonly CompiledGrant['path'][]): readonly CompiledGrant['path'][] {
  const sorted = [...new Set(paths)].sort((one, other) => one.length - other.length);
  const found: CompiledGrant['path'][] = [];
  for (const path of sorted) {
    if (!found.some((above) => isAtOrBelow(path, above))) found.push(path);
  }
  return found;
}
