/** Capability sets in the naive model: whole or not at all (W-CAP-4 to W-CAP-6). */
import type { Reason } from '../../../src/policy/decision.ts';
import type { Action } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';
import { type Issue, mountsOf, resolveScope } from './audiences.ts';
import { type Ask, guard, heldUntil } from './facts.ts';
import { isWithinFlow } from './others.ts';
import { isBelow, move, readStorageScope, type StorageAsk } from './paths.ts';

const setToken = /^wlcg\.capabilityset(?::(.*))?$/s;
const groupName = /^(?:\/[a-zA-Z0-9][a-zA-Z0-9_.-]*)+$/;

export interface FoundSet {
  readonly issues: readonly (Issue & { readonly action: Action })[];
  readonly plain: readonly string[];
  /** The guard before the membership ends. */
  readonly cap: number;
  readonly words: readonly Reason[];
}

const refused = (...words: Reason[]): FoundSet => ({
  issues: [],
  plain: [],
  cap: Number.POSITIVE_INFINITY,
  words,
});

/** The group whose set is asked for, `malformed`, or null when the token asks for none. */
export function readSetScope(token: string): string | 'malformed' | null {
  const [all, name = ''] = setToken.exec(token) ?? [];
  if (all === undefined) return null;
  return groupName.test(name) ? name : 'malformed';
}

/** Who may not have the set, or not whole, is denied (W-CAP-6). */
export function isDenied(token: string, word: Reason | null): boolean {
  return readSetScope(token) !== null && word !== null && word !== 'consent';
}

export function resolveSet(ask: Ask, token: string): FoundSet {
  const { client } = ask.request;
  const group = readSetScope(token) ?? '';
  if (!client.scopes.includes(token) && !client.scopes.includes('wlcg.capabilityset')) return refused('client-scope');
  if (!isWithinFlow(ask, token)) return refused('ceiling');
  if (ask.request.unticked?.includes(token)) return refused('consent');
  const set = ask.facts.groups.find(({ path }) => path === group)?.capabilitySet;
  const until = heldUntil(ask, `group:${group}`);
  if (set === null || set === undefined || until === null) return refused('not-member');
  const members = set.map((member) => resolveMember(ask, member));
  const words = members.flatMap((member) => member.words);
  if (words.length > 0) return refused(...words);
  const cap = until - guard(ask);
  return {
    plain: members.flatMap(({ plain }) => plain),
    issues: members.flatMap(({ issues }) => issues.map((issue) => ({ ...issue, cap: Math.min(issue.cap, cap) }))),
    cap,
    words,
  };
}

function resolveMember(ask: Ask, member: string): FoundSet {
  const scope = readStorageScope(member);
  if (scope === null || scope === 'malformed') {
    return ask.request.client.scopes.includes(member) ? { ...refused(), plain: [member] } : refused('client-scope');
  }
  const own = ownPaths(ask, scope);
  if (own.length === 0) return refused('outside-storage');
  const found = own.map(({ path }) => resolveWhole(ask, { ...scope, path }));
  const isPartial = own.some(({ whole }) => !whole);
  const words = [...found.flatMap((one) => one.words), ...(isPartial ? ['partial' as const] : [])];
  return { ...refused(...words), issues: found.flatMap(({ issues }) => issues) };
}

/** The set's logical path as each of the audiences writes it; not whole where a mount shows only a part. */
function ownPaths(ask: Ask, { path }: StorageAsk): { readonly path: string; readonly whole: boolean }[] {
  const at = ask.storages.flatMap((storage) =>
    mountsOf(storage).flatMap((mount) => {
      if (isWithin(path, mount.at)) return [{ path: move(path, mount.at, mount.path), whole: true }];
      return isBelow(mount.at, path) ? [{ path: mount.path, whole: false }] : [];
    }),
  );
  const all = ask.anywhere ? [...at, { path, whole: true }] : at;
  return all
    .filter((one, index) => all.findIndex((other) => other.path === one.path) === index)
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

function resolveWhole(ask: Ask, scope: StorageAsk): FoundSet {
  const client = { ...ask.request.client, policyMode: 'strict' as const };
  const found = resolveScope({ ...ask, request: { ...ask.request, client } }, scope);
  if (found.issues.length === 0) return refused(...found.words);
  return { ...refused(), issues: found.issues.map((issue) => ({ ...issue, action: scope.action })) };
}
