/** Whether a scope that is out there opens a logical path, whatever verifier of whatever storage it is shown to: complete rather than exact (policy-semantics 2.3). */

import { conveys, includes } from '../policy/action.ts';
import { anyAudience } from '../policy/audience.ts';
import { agreesAsExpression } from '../policy/mount.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, isBelow, parsePath, rebase } from '../policy/path.ts';
import type { Action, Matching, Storage } from '../policy/rule.ts';

/** How much of the path a scope opens: all of it, or only something below it. */
export type Reach = 'whole' | 'part';

export interface ScopeReach {
  readonly scope: string;
  readonly reach: Reach;
  /** Names of the storages at which it does; null stands for one that is not registered and shows the logical tree. */
  readonly storages: readonly (string | null)[];
}

export interface Searched {
  readonly path: CanonicalPath;
  /** Null: scopes of any action. A scope counts when some verifier lets it do the action (*conveys*). */
  readonly action: Action | null;
}

/** The scopes of a token that open something of the path: its scope text and its audiences, as they were issued. */
export type FindReach = (scopes: string, audiences: readonly string[]) => readonly ScopeReach[];

/** What a storage shows of the searched path. `whole` is false when the place is only a part of it. */
interface Place {
  readonly storage: string | null;
  readonly matching: Matching;
  readonly path: CanonicalPath;
  readonly whole: boolean;
}

/** What a token was asked for when its audience is none, the wildcard, or not registered: it may turn up anywhere. */
const unregistered: Pick<Storage, 'matching' | 'mounts'> = { matching: 'string', mounts: [] };

export function createReach(storages: readonly Storage[], { path, action }: Searched): FindReach {
  const everywhere = [
    ...placesOf(null, unregistered, path),
    ...storages.filter(({ kind }) => kind === 'storage').flatMap((storage) => placesOf(storage.name, storage, path)),
  ];
  const byAudience = new Map<string, readonly Place[]>();
  for (const storage of storages) {
    const places = everywhere.filter((place) => place.storage === storage.name);
    for (const name of [storage.audience, ...storage.aliases]) byAudience.set(name, places);
  }
  byAudience.set(anyAudience, everywhere);

  return (scopes, audiences) => {
    const places =
      audiences.length === 0 ? everywhere : audiences.flatMap((name) => byAudience.get(name) ?? everywhere);
    if (places.length === 0) return [];
    return scopes.split(' ').flatMap((scope) => {
      const found = readIssued(scope);
      return found && (action === null || includes(conveys(found.action), action))
        ? reachAt(scope, found.path, places)
        : [];
    });
  };
}

function placesOf(
  storage: string | null,
  { matching, mounts }: Pick<Storage, 'matching' | 'mounts'>,
  logical: CanonicalPath,
): Place[] {
  if (mounts.length === 0) return [{ storage, matching, path: logical, whole: true }];
  return mounts.flatMap((mount): Place[] => {
    const own = parsePath(mount.path);
    const at = parsePath(mount.at);
    if (!own.ok || !at.ok) return [];
    const place = { storage, matching };
    if (isAtOrBelow(logical, at.value)) return [{ ...place, path: rebase(logical, at.value, own.value), whole: true }];
    return isBelow(at.value, logical) ? [{ ...place, path: own.value, whole: false }] : [];
  });
}

/** The path as it stands in the scope: a trailing slash ends the match of some verifiers. */
function readIssued(scope: string): { readonly action: Action; readonly path: string } | undefined {
  const [, action, path] = /^storage\.(read|create|modify|stage|poll):(\/.*)$/.exec(scope) ?? [];
  return action === undefined || path === undefined ? undefined : { action: action as Action, path };
}

function reachAt(scope: string, path: string, places: readonly Place[]): ScopeReach[] {
  const found = places.flatMap((place) => {
    const opened = openedBy(path, place);
    return opened === null ? [] : [{ storage: place.storage, reach: place.whole ? opened : ('part' as const) }];
  });
  if (found.length === 0) return [];
  const reach = found.some((one) => one.reach === 'whole') ? 'whole' : 'part';
  return [{ scope, reach, storages: [...new Set(found.map(({ storage }) => storage))] }];
}

/** What a verifier of the class opens of the place when it is shown a scope with this path. */
function openedBy(scopePath: string, { matching, path }: Place): Reach | null {
  const directory = asDirectory(path);
  const bare = scopePath.length > 1 && scopePath.endsWith('/') ? scopePath.slice(0, -1) : scopePath;
  switch (matching) {
    case 'segment':
      if (isAtOrBelow(path, bare)) return 'whole';
      return isBelow(bare, path) ? 'part' : null;
    case 'prefix':
      if (directory.startsWith(bare)) return 'whole';
      return bare.startsWith(directory) ? 'part' : null;
    case 'string':
      if (!agreesAsExpression(scopePath, directory)) return null;
      return scopePath.length <= directory.length ? 'whole' : 'part';
  }
}
