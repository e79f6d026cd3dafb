/** Passwords of a lake file are compared and hashed before the transaction, as each costs tens of milliseconds. */
import { hashPassword, verifyPassword } from '../accounts/password.ts';
import type { SaidSecret } from './plan/secret.ts';
import type { LakeAccount } from './schema.ts';
import type { LakeState } from './state.ts';

/** Passwords by username; those of accounts without one in the file are missing. */
export type PreparedPasswords = ReadonlyMap<string, SaidSecret>;

export interface PreparationOptions {
  readonly resetSecrets: boolean;
  /** Nothing will be stored, so nothing new is hashed. */
  readonly dryRun: boolean;
  readonly progress: (done: number, total: number) => void;
}

/** As many as argon2 runs at once in the thread pool. */
const concurrency = 4;

export async function preparePasswords(
  accounts: readonly LakeAccount[],
  state: LakeState,
  options: PreparationOptions,
): Promise<PreparedPasswords> {
  const stored = new Map(state.accounts.map(({ record, passwordHash }) => [record.username, passwordHash]));
  const withPassword = accounts.filter(({ password }) => password !== undefined);
  const prepared = new Map<string, SaidSecret>();
  const waiting = withPassword.values();
  const work = async () => {
    for (const { username, password = '' } of waiting) {
      prepared.set(username, await prepare(password, stored.get(username) ?? null, options));
      options.progress(prepared.size, withPassword.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return prepared;
}

async function prepare(
  password: string,
  stored: string | null,
  { resetSecrets, dryRun }: PreparationOptions,
): Promise<SaidSecret> {
  const differs = stored !== null && !(await verifyPassword(stored, password));
  const isStored = stored === null || (differs && resetSecrets);
  if (!isStored) return { field: 'password', hash: '', differs };
  return { field: 'password', hash: dryRun ? 'not hashed' : await hashPassword(password), differs };
}

/** The password that the file has for an account, as the plan needs it. */
export function secretOf(prepared: PreparedPasswords): (said: LakeAccount, stored: string | null) => SaidSecret | null {
  return (said, stored) => {
    if (said.passwordHash !== undefined) {
      return { field: 'passwordHash', hash: said.passwordHash, differs: said.passwordHash !== stored };
    }
    const found = prepared.get(said.username);
    // A row that lost its password meanwhile keeps none rather than an empty hash.
    return found === undefined || (found.hash === '' && stored === null) ? null : found;
  };
}
