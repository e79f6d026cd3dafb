/** The lake in memory: read whole at the start, then only what changed, swapped whole. */
import type { Kysely } from 'kysely';
import type { LakeSnapshot } from '../lake/snapshot.ts';
import { compilePolicy } from '../policy/compile.ts';
import { updatePolicy } from '../policy/update.ts';
import { loadLakeChange } from './lake-changes.ts';
import { type LakeFacts, loadLakeFacts } from './lake-facts.ts';
import type { DB } from './schema.ts';

export interface SnapshotKeeper {
  current(): LakeSnapshot;
  /** Reads what changed; afterwards `current` has at least the version that the database had at the call. Not to be called twice at a time. */
  advance(): Promise<void>;
}

export async function createSnapshotKeeper(db: Kysely<DB>): Promise<SnapshotKeeper> {
  let snapshot = compile(await loadLakeFacts(db));
  return {
    current: () => snapshot,
    advance: async () => {
      snapshot = await next(db, snapshot);
    },
  };
}

async function next(db: Kysely<DB>, present: LakeSnapshot): Promise<LakeSnapshot> {
  const change = await loadLakeChange(db, present);
  switch (change.kind) {
    case 'nothing':
      return present;
    case 'some':
      return {
        version: change.policy.version,
        policy: updatePolicy(present.policy, change.policy),
        clients: change.clients?.clients ?? present.clients,
        exchangeRules: change.clients?.exchangeRules ?? present.exchangeRules,
        registration: present.registration,
        entitlements: present.entitlements,
        secondFactor: present.secondFactor,
      };
    case 'everything':
      return compile(change.facts);
  }
}

function compile({ policy, ...facts }: LakeFacts): LakeSnapshot {
  return { version: policy.version, policy: compilePolicy(policy), ...facts };
}
