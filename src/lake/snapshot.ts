/** What a running server keeps in memory so that a token needs no query: one immutable object per version of the lake. */
import type { RegisteredClient } from '../clients/client.ts';
import type { CompiledPolicy } from '../policy/compile.ts';

export interface LakeSnapshot {
  /** `lake_version` of the database from which it was read. */
  readonly version: number;
  readonly policy: CompiledPolicy;
  readonly clients: ReadonlyMap<string, RegisteredClient>;
}

/** Where the present snapshot is had; it is swapped whole. */
export interface SnapshotSource {
  current(): LakeSnapshot;
}
