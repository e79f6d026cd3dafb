/** What a running server keeps in memory so that a token needs no query: one immutable object per version of the lake. */
import type { SecondFactorSettings } from '../authentication/requirement.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { RegistrationSettings } from '../clients/registration.ts';
import type { ExchangeRule } from '../exchange/exchange-rule.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { EntitlementNamespace } from '../tokens/entitlements.ts';

export interface LakeSnapshot {
  /** `lake_version` of the database from which it was read. */
  readonly version: number;
  readonly policy: CompiledPolicy;
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly exchangeRules: readonly ExchangeRule[];
  readonly registration: RegistrationSettings;
  /** How groups are written as entitlements; null: not at all. */
  readonly entitlements: EntitlementNamespace | null;
  /** Which logins need more than a password. */
  readonly secondFactor: SecondFactorSettings;
}

/** Where the present snapshot is had; it is swapped whole. */
export interface SnapshotSource {
  current(): LakeSnapshot;
  /**
   * The present snapshot, known to have been the database's within the last second; at once, unless the database must be
   * asked first. Throws `policy_unavailable` when that fails. What storage scopes are decided by.
   */
  confirmed(): LakeSnapshot | Promise<LakeSnapshot>;
}

/** Lets a write answer only when nobody decides by what was before it. */
export interface WriteConfirmation {
  /**
   * Resolves when every live process decides by at least this version, or after a second: a process that has not confirmed
   * its rules for that long asks before it issues. False: not all of them said so in time.
   */
  confirmEverywhere(version: number): Promise<boolean>;
}
