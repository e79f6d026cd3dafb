/** The issue log: what was issued or refused, to whom and why (policy-semantics 8). Recording never waits. */
import type { Cap, Refusal } from '../policy/decision.ts';

export interface IssueLogEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly event: 'issued' | 'refused';
  readonly jti: string | null;
  readonly subject: string;
  readonly clientId: string;
  readonly flow: string;
  /** `jti` of the exchanged token; of a refresh, the id of its chain; of a code, of its grant. */
  readonly parent: string | null;
  /** Id of the exchange rule that let it widen. */
  readonly exchangeRule: string | null;
  readonly audience: readonly string[];
  readonly requested: string;
  readonly issued: string;
  readonly refused: readonly Refusal[];
  readonly because: readonly string[];
  readonly policyVersion: number;
  readonly expiresAt: number | null;
  /** What set `expiresAt`; null for refusals. */
  readonly cap: Cap | null;
  readonly address: string | null;
}

export interface IssueLog {
  record(entry: IssueLogEntry): void;
}
