/** What a user allowed a client, kept over browser sessions: when it answers a request, the user is not asked again. */
import { findBeyondCeiling } from '../policy/ceiling.ts';
import { isCapabilityScope } from '../policy/scope.ts';

/** One decision per account, client and audience. */
interface ConsentKey {
  readonly accountId: string;
  readonly clientId: string;
  /** The audiences asked for, joined by spaces; empty when none was. */
  readonly audience: string;
}

/** Scope tokens as they were asked; what is in neither list was never asked. */
export interface Consent {
  readonly granted: readonly string[];
  /** Unticked by the user. */
  readonly refused: readonly string[];
}

export interface ConsentStore {
  find(key: ConsentKey): Promise<Consent | undefined>;
  /** Writes or replaces; does nothing when the account or the client is gone. */
  save(key: ConsentKey, consent: Consent): Promise<void>;
}

/** Most scopes that are remembered of each kind; clients ask for ever new paths. */
const maxRemembered = 256;

/** Claims of the `claims` parameter are remembered beside the scopes; no scope token contains a space. */
export function claimEntry(claim: string): string {
  return `claim ${claim}`;
}

/** What the remembered consent says of each asked scope, or undefined when something was not asked before and the user has to be. */
export function recall(remembered: Consent, asked: readonly string[]): Consent | undefined {
  const refused = asked.filter((scope) => remembered.refused.includes(scope));
  const granted = asked.filter((scope) => !refused.includes(scope));
  if (granted.some((scope) => !isCovered(scope, remembered))) return undefined;
  // Asked for nothing but what was unticked once: the user may have changed their mind.
  if (asked.some(isCapabilityScope) && !granted.some(isCapabilityScope)) return undefined;
  return { granted, refused };
}

/** Narrower than what was allowed is allowed, unless it is a part that the user took out. */
function isCovered(scope: string, { granted, refused }: Consent): boolean {
  if (findBeyondCeiling([scope], granted) !== undefined) return false;
  return granted.includes(scope) || findBeyondCeiling([scope], refused) !== undefined;
}

/** The new decision counts for what it was asked for; what it does not mention stays as it was. */
export function merge(before: Consent | undefined, decided: Consent): Consent {
  const asked = new Set([...decided.granted, ...decided.refused]);
  const older = (scopes: readonly string[] = []) => scopes.filter((scope) => !asked.has(scope));
  return {
    granted: [...decided.granted, ...older(before?.granted)].slice(0, maxRemembered),
    refused: [...decided.refused, ...older(before?.refused)].slice(0, maxRemembered),
  };
}
