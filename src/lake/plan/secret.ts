/** Initial secrets: used when the row has none; a changed one is told, and taken only when asked for. */

export interface SecretPlan {
  /** The hash to be stored. */
  readonly hash: string | null;
  /** Line of the diff. */
  readonly details: readonly string[];
  /** Whether the file's differs and the stored one was kept. */
  readonly kept: boolean;
}

/** The secret as the file has it, hashed. */
export interface SaidSecret {
  /** Name of the field in the file. */
  readonly field: string;
  readonly hash: string;
  /** Whether the stored hash is one of another secret. */
  readonly differs: boolean;
}

export function planSecret(said: SaidSecret | null, stored: string | null, reset: boolean): SecretPlan {
  if (said === null) return { hash: stored, details: [], kept: false };
  if (stored === null) return { hash: said.hash, details: [`${said.field}: (none) → (set)`], kept: false };
  if (!said.differs) return { hash: stored, details: [], kept: false };
  return reset
    ? { hash: said.hash, details: [`${said.field}: (replaced)`], kept: false }
    : { hash: stored, details: [], kept: true };
}

export function keptNotice(object: string, field: string): string {
  return `${object}: \`${field}\` differs from the stored one, which is kept; use --reset-secrets to replace it`;
}
