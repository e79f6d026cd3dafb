/** Erases an account (GDPR article 17): what hangs on it goes with it, and logs and histories keep its id alone (migration 0024). */
import { type Kysely, sql } from 'kysely';
import type { AccountDetails } from '../accounts/administration.ts';
import type { DB } from './schema.ts';

/** Where others' rows say who did something: as `user:<username>`, or as the username alone. */
const namedIn: readonly (readonly [table: keyof DB, column: string, isSubject: boolean])[] = [
  ['group_requests', 'decided_by', true],
  ['client_requests', 'decided_by', true],
  ['client_invitations', 'invited_by', false],
  ['enrolments', 'decided_by', false],
];

/** Within a transaction that holds the lake's lock: rules that name the account go too. */
export async function eraseAccount(trx: Kysely<DB>, { id, username }: AccountDetails): Promise<void> {
  const subject = `user:${username}`;
  await removeFromRules(trx, subject);
  await trx.deleteFrom('accounts').where('id', '=', id).execute();
  // From here on the database knows the name as that of somebody who is gone, and lets it be erased.
  await sql`SELECT set_config('sluice.erased', ${username}, true)`.execute(trx);
  await sql`UPDATE audit_log SET actor = actor WHERE actor = ${subject}
    OR (object_kind = 'account' AND object_id = ${id})
    OR jsonb_to_tsvector('simple', detail, '["string"]') @@ phraseto_tsquery('simple', ${username})`.execute(trx);
  await sql`UPDATE rule_versions SET actor = actor WHERE actor = ${subject}
    OR document ->> 'subject' = ${subject}
    OR document -> 'parties' @> jsonb_build_array(jsonb_build_object('subject', ${subject}::text))`.execute(trx);
  await sql`UPDATE membership_history SET actor = ${`account:${id}`}, address = NULL WHERE actor = ${subject}`.execute(
    trx,
  );
  await sql`DELETE FROM enrolments WHERE account_id = ${id}`.execute(trx);
  await sql`DELETE FROM client_invitations WHERE username = ${username}`.execute(trx);
  for (const [table, column, isSubject] of namedIn) {
    await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${`account:${id}`}
      WHERE ${sql.ref(column)} = ${isSubject ? subject : username}`.execute(trx);
  }
  await sql`UPDATE issue_log SET address = NULL WHERE subject = ${id} AND address IS NOT NULL`.execute(trx);
  await sql`SELECT set_config('sluice.erased', '', true)`.execute(trx);
}

/** Nobody will ever have this username again, so the rules say nothing any more. */
async function removeFromRules(trx: Kysely<DB>, subject: string): Promise<void> {
  const { rows } = await sql<{ grants: boolean; parties: boolean }>`SELECT
    EXISTS (SELECT FROM grants WHERE subject = ${subject}) AS grants,
    EXISTS (SELECT FROM embargoes
      WHERE parties @> jsonb_build_array(jsonb_build_object('subject', ${subject}::text))) AS parties`.execute(trx);
  if (rows[0]?.grants) await trx.deleteFrom('grants').where('subject', '=', subject).execute();
  if (!rows[0]?.parties) return;
  await sql`UPDATE embargoes SET parties = coalesce((
      SELECT jsonb_agg(party ORDER BY place) FROM jsonb_array_elements(parties) WITH ORDINALITY AS said (party, place)
      WHERE party ->> 'subject' <> ${subject}), '[]')
    WHERE parties @> jsonb_build_array(jsonb_build_object('subject', ${subject}::text))`.execute(trx);
}
