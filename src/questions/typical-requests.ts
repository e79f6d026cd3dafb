/** What a client typically asks for around a path: its allowed scopes and the paths of grants, one scope at a time, in storages' own paths. */
import type { RegisteredClient } from '../clients/client.ts';
import { mayTarget } from '../clients/request-rules.ts';
import { type ActionSet, actionSet, closureOf, conveys } from '../policy/action.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { CompiledMount, CompiledStorage } from '../policy/compiled-rules.ts';
import { type CanonicalPath, isAtOrBelow, isBelow, rebase } from '../policy/path.ts';
import { type Action, actions } from '../policy/rule.ts';
import { formatStorageScope, parseScope, type StorageScope } from '../policy/scope.ts';
import { type Concerned, meet, type Proposal } from './proposal.ts';

/** One scope, asked at one audience; null: none. */
export interface TypicalRequest {
  readonly audience: string | null;
  readonly scope: string;
  /** The same in the logical path: what one storage shows at two mounts, or two storages show, is the same data. */
  readonly logical: string;
}

/** More say nothing new. */
const mostPaths = 10;
const mostMounts = 2;

export function typicalRequests(
  policy: CompiledPolicy,
  client: RegisteredClient,
  proposal: Proposal,
  concerned: Concerned,
): readonly TypicalRequest[] {
  const asked = askedScopes(client, proposal, concerned).map(({ action, path }) => ({
    action,
    path,
    logical: formatStorageScope(action, path),
  }));
  const distinct = [...new Map(asked.map((one) => [one.logical, one])).values()];
  if (distinct.length === 0) return [];
  const targets = findTargets(policy, client, proposal);
  if (targets.length === 0) return distinct.map(({ logical }) => ({ audience: null, scope: logical, logical }));
  return targets.flatMap(({ audience, storage }) =>
    distinct.flatMap(({ action, path, logical }) =>
      ownPaths(storage.shows, path).map((own) => ({ audience, scope: formatStorageScope(action, own), logical })),
    ),
  );
}

/** In logical paths. */
function askedScopes(client: RegisteredClient, proposal: Proposal, { paths }: Concerned): readonly StorageScope[] {
  const concerns = (action: Action) => (conveys(action) & changedActions(proposal)) !== 0;
  const allowed = client.scopes
    .map(parseScope)
    .filter((scope) => scope.kind === 'storage')
    .filter(({ path }) => meet(path, proposal.path));
  const mayAsk = (action: Action, path: CanonicalPath) =>
    allowed.some((upper) => upper.action === action && isAtOrBelow(path, upper.path));
  const atPaths = paths
    .slice(0, mostPaths)
    .flatMap((path) =>
      actions
        .filter((action) => mayAsk(action, path))
        .map((action): StorageScope => ({ kind: 'storage', action, path })),
    );
  return [...allowed, ...atPaths].filter(({ action }) => concerns(action));
}

function changedActions({ kind, rule }: Proposal): ActionSet {
  return kind === 'grant' ? closureOf(rule.actions) : actionSet(rule.actions);
}

/** One storage of each class of verifier that shows something of the path, and one at which the rule counts. */
function findTargets(policy: CompiledPolicy, client: RegisteredClient, { path, kind, rule }: Proposal) {
  const showing = [...new Set(policy.byAudience.values())]
    .filter((storage) => storage.kind === 'storage' && storage.shows.some(({ at }) => meet(at, path)))
    .flatMap((storage) => {
      const audience = [storage.audience, ...storage.aliases].find((name) => mayTarget(client, name, policy));
      return audience === undefined ? [] : [{ audience, storage }];
    });
  const named = kind === 'grant' ? (rule.audiences ?? []).map((name) => policy.byAudience.get(name)) : [];
  const preferred = showing.find(({ storage }) => named.includes(storage));
  const chosen = new Map<string, { readonly audience: string; readonly storage: CompiledStorage }>();
  for (const target of preferred === undefined ? showing : [preferred, ...showing]) {
    if (!chosen.has(target.storage.matching)) chosen.set(target.storage.matching, target);
  }
  return [...chosen.values()];
}

/** The storage's own paths of a logical one; a mount below it stands for the part that it shows. */
function ownPaths(mounts: readonly CompiledMount[], path: CanonicalPath): readonly CanonicalPath[] {
  return mounts
    .flatMap((mount) => {
      if (isAtOrBelow(path, mount.at)) return [rebase(path, mount.at, mount.path)];
      return isBelow(mount.at, path) ? [mount.path] : [];
    })
    .slice(0, mostMounts);
}
