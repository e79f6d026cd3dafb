/** Enrolments as PostgreSQL keeps them. */
import { type Kysely, sql } from 'kysely';
import type { Enrolment } from '../enrolment/enrolment.ts';
import type { Within } from '../enrolment/enrolment-store.ts';
import type { DB } from './schema.ts';

export function selectEnrolments(db: Kysely<DB>) {
  return db
    .selectFrom('enrolments')
    .selectAll('enrolments')
    .select(
      sql<Enrolment['groups']>`coalesce((
        SELECT json_agg(json_build_object('id', groups.id, 'path', groups.path) ORDER BY groups.path)
        FROM groups WHERE groups.id = ANY(enrolments.group_ids)), '[]'::json)`.as('groups'),
    );
}

/** Only those for groups that all lie at or below the ones managed. */
export function isWithin(within: Within) {
  if (within === null) return sql<boolean>`true`;
  return sql<boolean>`enrolments.group_ids <> '{}' AND NOT EXISTS (
    SELECT FROM unnest(enrolments.group_ids) AS asked (id) LEFT JOIN groups ON groups.id = asked.id
    WHERE groups.path IS NULL OR NOT EXISTS (
      SELECT FROM unnest(${[...within]}::text[]) AS managed (path)
      WHERE groups.path = managed.path OR starts_with(groups.path, managed.path || '/')))`;
}

type Row = Awaited<ReturnType<ReturnType<typeof selectEnrolments>['execute']>>[number];

export function toEnrolment(row: Row): Enrolment {
  return {
    id: row.id,
    state: row.state as Enrolment['state'],
    email: row.email,
    values: row.fields as unknown as Enrolment['values'],
    note: row.note,
    groups: row.groups,
    proof: row.upstream as unknown as Enrolment['proof'],
    returnTo: row.return_to,
    createdAt: row.created_at.getTime(),
    confirmedAt: row.confirmed_at?.getTime() ?? null,
    decidedAt: row.decided_at?.getTime() ?? null,
    decidedBy: row.decided_by,
    reason: row.reason,
    accountId: row.account_id,
  };
}

/** What a mail calls who asks. */
export function addresseeOf({ values, email }: Pick<Enrolment, 'values' | 'email'>): string {
  const full = [values.givenName, values.familyName].filter(Boolean).join(' ');
  return (values.name ?? full) || email;
}

export async function getEnrolment(db: Kysely<DB>, id: string): Promise<Enrolment> {
  return toEnrolment(await selectEnrolments(db).where('id', '=', id).executeTakeFirstOrThrow());
}
