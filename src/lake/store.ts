/** What `apply` and `export` need of a database. */
import type { LiveTokens } from '../rules/live-tokens.ts';
import type { Lost, RuleStore, Signature } from '../rules/store.ts';
import type { LakeWrites } from './plan.ts';
import type { LakeState } from './state.ts';

/** The lake within one transaction, which no other `apply` and no other write to rules runs beside. */
export interface LakeSession {
  read(): Promise<LakeState>;
  /** `by` stands in the histories of the rules that change; `now` in ms since the epoch. */
  write(writes: LakeWrites, by: Signature, now: number): Promise<LakeWritten>;
}

export interface LakeWritten {
  /** From which it holds. */
  readonly policyVersion: number;
  /** Who was admitted to an embargo and is no more. */
  readonly lost: readonly Lost[];
}

export interface LakeStore {
  /** The lake at one instant. */
  read(): Promise<LakeState>;
  /** All or nothing; the server goes on reading meanwhile. */
  change<T>(use: (session: LakeSession) => Promise<T>): Promise<T>;
  /** Tokens that are out, for what is told of closed data. */
  readonly tokens: LiveTokens;
  /** From now on these access tokens are inactive at introspection. */
  readonly denyTokens: RuleStore['denyTokens'];
}
