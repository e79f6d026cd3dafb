/** What `apply` and `export` need of a database. */
import type { LakeWrites } from './plan.ts';
import type { LakeState } from './state.ts';

/** The lake within one transaction, which no other `apply` runs beside. */
export interface LakeSession {
  read(): Promise<LakeState>;
  /** Resolves to the policy version from which it holds. */
  write(writes: LakeWrites): Promise<number>;
}

export interface LakeStore {
  /** The lake at one instant. */
  read(): Promise<LakeState>;
  /** All or nothing; the server goes on reading meanwhile. */
  change<T>(use: (session: LakeSession) => Promise<T>): Promise<T>;
}
