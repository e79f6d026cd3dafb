/** Names that a lake file may refer to: its own, and those that the database has already. */
import type { ParsedLake } from '../parse.ts';
import type { LakeState } from '../state.ts';

export interface KnownNames {
  readonly vo: string | null;
  readonly groups: ReadonlySet<string>;
  readonly usernames: ReadonlySet<string>;
  readonly clientIds: ReadonlySet<string>;
  /** Whether groups can be written as entitlements. */
  readonly entitlements: boolean;
}

/** Objects of the file that are faulty themselves count as known, so that a fault is told once. */
export function knownNames(lake: ParsedLake, state: LakeState): KnownNames {
  return {
    entitlements: (lake.head.entitlements ?? state.settings.entitlements) !== null,
    vo: lake.head.vo ?? state.settings.vo,
    groups: union(
      lake.named.groups,
      state.groups.map(({ record }) => record.path),
    ),
    usernames: union(
      lake.named.accounts,
      state.accounts.map(({ record }) => record.username),
    ),
    clientIds: union(
      lake.named.clients,
      state.clients.map(({ record }) => record.clientId),
    ),
  };
}

function union(one: ReadonlySet<string>, other: readonly string[]): ReadonlySet<string> {
  const all = new Set(one);
  for (const name of other) all.add(name);
  return all;
}
