/** The accounts and clients of the example lake file: shown at a development start, refused in production. */
import { readFile } from 'node:fs/promises';
import { load as parse } from 'js-yaml';
import { verifyPassword } from '../accounts/password.ts';
import { secretMatches } from '../clients/secret.ts';
import { exampleLakeFile } from '../config/env.ts';
import { AppError } from '../shared/errors.ts';
import type { Database } from '../storage/database.ts';

export interface Demonstration {
  readonly accounts: readonly { readonly username: string; readonly password: string }[];
  readonly clients: readonly { readonly clientId: string; readonly clientSecret?: string }[];
}

export async function readDemonstration(path = exampleLakeFile): Promise<Demonstration> {
  return parse(await readFile(path, 'utf8')) as Demonstration;
}

/** Production refuses a lake file before it gets into the database. Throws `unsafe_in_production`. */
export async function refuseDemonstrationFile(path: string, example: Demonstration): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const found = secretsOf(example).some((secret) => text.includes(secret));
  if (found) {
    throw unsafe(
      `the lake file \`${path}\` holds demonstration passwords, expected \`SLUICE_LAKE_FILE\` to name your own`,
    );
  }
}

function secretsOf({ accounts, clients }: Demonstration): readonly string[] {
  return [...accounts.map(({ password }) => password), ...clients.flatMap(({ clientSecret }) => clientSecret ?? [])];
}

/** Throws `unsafe_in_production` when an account or client still has the password or secret of the example. */
export async function refuseDemonstrationSecrets(db: Database, example: Demonstration): Promise<void> {
  const usernames = await findAccounts(db, example);
  const clientIds = await findClients(db, example);
  const found = [...usernames.map((name) => `account \`${name}\``), ...clientIds.map((id) => `client \`${id}\``)];
  if (found.length > 0) {
    throw unsafe(`demonstration passwords are in use in production (${found.join(', ')}), expected others`);
  }
}

async function findAccounts(db: Database, example: Demonstration): Promise<readonly string[]> {
  const expected = new Map(example.accounts.map(({ username, password }) => [username, password]));
  const rows = await db
    .selectFrom('accounts')
    .select(['username', 'password_hash'])
    .where('username', 'in', [...expected.keys()])
    .where('state', '=', 'active')
    .execute();
  const checked = rows.map(async ({ username, password_hash }) =>
    (await verifyPassword(password_hash, expected.get(username) ?? '')) ? [username] : [],
  );
  return (await Promise.all(checked)).flat();
}

async function findClients(db: Database, example: Demonstration): Promise<readonly string[]> {
  const expected = new Map(example.clients.map(({ clientId, clientSecret }) => [clientId, clientSecret]));
  const rows = await db
    .selectFrom('clients')
    .select(['client_id', 'secret_hash'])
    .where('client_id', 'in', [...expected.keys()])
    .where('state', '=', 'active')
    .execute();
  return rows
    .filter(({ client_id, secret_hash }) => {
      const secret = expected.get(client_id);
      return secret !== undefined && secret_hash !== null && secretMatches(secret, secret_hash);
    })
    .map(({ client_id }) => client_id);
}

function unsafe(message: string): AppError {
  return new AppError('unsafe_in_production', message);
}
