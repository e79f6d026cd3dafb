/** Which accounts a filter finds, in pages by username (indexes of migration 0022). */
import { type Kysely, sql } from 'kysely';
import type { AccountFilter, AccountSummary, Page, PageRequest } from '../accounts/administration.ts';
import { selectSummaries, toSummary } from './account-rows.ts';
import type { DB } from './schema.ts';

/** As long as the words that are kept. */
const longestWord = 64;
const mostWords = 8;

export async function searchAccounts(
  db: Kysely<DB>,
  filter: AccountFilter,
  { limit, after }: PageRequest,
): Promise<Page<AccountSummary>> {
  const { search, state, kind, role, ownerless, endsBefore } = filter;
  let query = selectSummaries(db);
  const words = search === undefined ? null : wordsOf(search);
  if (words !== null) {
    query = query.where(
      sql<boolean>`account_words(username, name, given_name, family_name, email) @@ ${words}::tsquery`,
    );
  }
  if (state !== undefined) query = query.where('state', '=', state);
  if (kind !== undefined) query = query.where('kind', '=', kind);
  if (role !== undefined) query = query.where(sql<boolean>`roles <> '{}' AND ${role} = ANY(roles)`);
  if (endsBefore !== undefined) query = query.where('ends_at', '<', new Date(endsBefore));
  if (ownerless === true) {
    query = query.where(
      sql<boolean>`kind = 'service' AND NOT EXISTS (SELECT FROM account_owners WHERE account_owners.account_id = accounts.id)`,
    );
  }
  // PostgreSQL has no NUL in text; nothing comes after such a cursor.
  if (after?.includes('\0')) return { items: [], next: null };
  if (after !== null) query = query.where('username', '>', after);
  const rows = await query
    .orderBy('username')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toSummary);
  return { items, next: rows.length > limit ? (items.at(-1)?.username ?? null) : null };
}

/** Each word as the beginning of a lexeme, quoted, so that no operator of `tsquery` is left in it; null: nothing to search for. */
function wordsOf(search: string): string | null {
  const words = search
    .toLowerCase()
    .replaceAll('\0', '')
    .toWellFormed()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, mostWords);
  const quoted = words.map((word) => {
    const cut = [...word].slice(0, longestWord).join('');
    return `'${cut.replaceAll('\\', '\\\\').replaceAll("'", "''")}':*`;
  });
  return quoted.length === 0 ? null : quoted.join(' & ');
}
