/** A group that moves takes everything along that names its path: groups below it, rules, what clients may ask for, settings, consents, and logins that go on. */
import { type Kysely, sql } from 'kysely';
import type { MovePreview } from '../groups/administration.ts';
import type { DB } from './schema.ts';

/** Words before a group's path in rules and scopes. */
const prefixes = ['group:', 'wlcg.groups:', 'wlcg.capabilityset:'];

const mostShown = 100;

/** Everything that holds names of groups within JSON: how it is called, and its key. */
const documents = [
  { kind: 'embargo', table: 'embargoes', key: 'id', columns: ['parties', 'limits'] },
  { kind: 'exchange rule', table: 'exchange_rules', key: 'id', columns: ['origin', 'target'] },
  { kind: 'client', table: 'clients', key: 'client_id', columns: ['definition', 'granted'] },
  { kind: 'setting', table: 'lake_settings', key: 'key', columns: ['value'] },
] as const;

/** Columns of texts, alone or in arrays. */
const lists = [
  { table: 'exchange_rules', column: 'scopes' },
  { table: 'exchange_rules', column: 'only_scopes' },
  { table: 'exchange_rules', column: 'withheld' },
  { table: 'consents', column: 'granted' },
  { table: 'consents', column: 'refused' },
] as const;

/** Rules that name this very group or one below it, such as `grant members-read`. */
export async function rulesNaming(db: Kysely<DB>, path: string): Promise<readonly string[]> {
  const named: string[] = [];
  const grants = await db
    .selectFrom('grants')
    .select('id')
    .where(namesAt('subject', path))
    .orderBy('id')
    .limit(mostShown)
    .execute();
  named.push(...grants.map(({ id }) => `grant ${id}`));
  for (const { kind, table, key, columns } of documents) {
    const text = sql.join(
      columns.map((column) => sql`coalesce(${sql.ref(column)}::text, '')`),
      sql` || `,
    );
    const { rows } = await sql<{ name: string }>`SELECT ${sql.ref(key)} AS name FROM ${sql.table(table)}
      WHERE ${mentions(text, path)} ORDER BY 1 LIMIT ${mostShown}`.execute(db);
    named.push(...rows.map(({ name }) => `${kind} ${name}`));
  }
  const { rows } = await sql<{ name: string }>`SELECT id AS name FROM exchange_rules
    WHERE EXISTS (SELECT FROM unnest(scopes || coalesce(only_scopes, '{}') || withheld) AS one WHERE ${mentions(sql`'"' || one || '"'`, path)})
    ORDER BY 1 LIMIT ${mostShown}`.execute(db);
  return [...new Set([...named, ...rows.map(({ name }) => `exchange rule ${name}`)])];
}

export async function previewMove(db: Kysely<DB>, from: string, to: string): Promise<MovePreview> {
  const below = sql<boolean>`(path = ${from} OR starts_with(path, ${`${from}/`}))`;
  const groups = await db.selectFrom('groups').select('path').where(below).orderBy('path').limit(mostShown).execute();
  const { count } = await db
    .selectFrom('groups')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where(below)
    .executeTakeFirstOrThrow();
  return {
    groups: groups.map(({ path }) => [path, `${to}${path.slice(from.length)}`] as const),
    groupCount: Number(count),
    rules: await rulesNaming(db, from),
  };
}

/** To be called within a write that holds the lake's lock; what becomes of rules stands in their histories by trigger. */
export async function moveGroup(trx: Kysely<DB>, from: string, to: string): Promise<MovePreview> {
  const preview = await previewMove(trx, from, to);
  await sql`INSERT INTO former_group_paths (path, group_id)
    SELECT path, id FROM groups WHERE path = ${from} OR starts_with(path, ${`${from}/`})
    ON CONFLICT (path) DO UPDATE SET group_id = excluded.group_id, moved_at = now()`.execute(trx);
  await sql`DELETE FROM former_group_paths WHERE path = ${to} OR starts_with(path, ${`${to}/`})`.execute(trx);
  await sql`UPDATE groups SET path = ${to} || substr(path, ${from.length + 1})
    WHERE path = ${from} OR starts_with(path, ${`${from}/`})`.execute(trx);
  await sql`UPDATE grants SET subject = ${`group:${to}`} || substr(subject, ${`group:${from}`.length + 1})
    WHERE ${namesAt('subject', from)}`.execute(trx);
  for (const { table, key, columns } of documents) await renameDocuments(trx, { table, key, columns, from, to });
  for (const { table, column } of lists) {
    for (const prefix of prefixes.slice(1)) {
      const old = `${prefix}${from}`;
      await sql`UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ARRAY(
          SELECT CASE WHEN one = ${old} OR starts_with(one, ${`${old}/`}) THEN ${prefix + to} || substr(one, ${old.length + 1}) ELSE one END
          FROM unnest(${sql.ref(column)}) WITH ORDINALITY AS each (one, place) ORDER BY place)
        WHERE EXISTS (SELECT FROM unnest(${sql.ref(column)}) AS one WHERE one = ${old} OR starts_with(one, ${`${old}/`}))`.execute(
        trx,
      );
    }
  }
  await renameInFlows(trx, from, to);
  return preview;
}

/** What was allowed at a login goes on under the new name: refresh tokens, codes and grants of flows. */
async function renameInFlows(trx: Kysely<DB>, from: string, to: string): Promise<void> {
  const pattern = `(wlcg\\.groups:|wlcg\\.capabilityset:)${literally(from)}(?=[/ "\\\\])`;
  for (const table of ['refresh_tokens', 'artifacts']) {
    await sql`UPDATE ${sql.table(table)} SET payload = regexp_replace(payload::text, ${pattern}, ${`\\1${to}`}, 'g')::jsonb
      WHERE payload::text ~ ${pattern}`.execute(trx);
  }
}

/** As part of a regular expression. */
function literally(path: string): string {
  return path.replace(/[.\\]/g, '\\$&');
}

interface Renaming {
  readonly table: string;
  readonly key: string;
  readonly columns: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** One write for each row, as each is a version of its history. */
async function renameDocuments(trx: Kysely<DB>, { table, key, columns, from, to }: Renaming): Promise<void> {
  const document = sql`jsonb_build_object(${sql.join(columns.flatMap((column) => [sql.lit(column), sql.ref(column)]))})`;
  const { rows } = await sql<{
    id: string;
    values: Record<string, unknown>;
  }>`SELECT ${sql.ref(key)} AS id, ${document} AS values
    FROM ${sql.table(table)} WHERE ${mentions(sql`${document}::text`, from)}`.execute(trx);
  for (const { id, values } of rows) {
    const sets = columns.map((column) => {
      const value = renameIn(values[column] ?? null, from, to);
      return sql`${sql.ref(column)} = ${value === null ? null : JSON.stringify(value)}::jsonb`;
    });
    await sql`UPDATE ${sql.table(table)} SET ${sql.join(sets)} WHERE ${sql.ref(key)} = ${id}`.execute(trx);
  }
}

function namesAt(column: string, path: string) {
  const subject = `group:${path}`;
  return sql<boolean>`(${sql.ref(column)} = ${subject} OR starts_with(${sql.ref(column)}, ${`${subject}/`}))`;
}

/** A JSON text in which a string is such a name; group paths hold nothing that JSON escapes. */
function mentions(text: ReturnType<typeof sql>, path: string) {
  const pattern = `"(group:|wlcg\\.groups:|wlcg\\.capabilityset:)?${literally(path)}(/[^"]*)?"`;
  return sql<boolean>`(${text}) ~ ${pattern}`;
}

/** Names with a prefix wherever they stand; plain paths only where settings list groups, as rules have paths of data as well. */
function renameIn(value: unknown, from: string, to: string, isGroupList = false): unknown {
  if (typeof value === 'string') {
    const prefix = prefixes.find((one) => value.startsWith(`${one}/`)) ?? (isGroupList ? '' : undefined);
    const path = prefix === undefined ? undefined : value.slice(prefix.length);
    const isMoved = path === from || path?.startsWith(`${from}/`);
    return isMoved ? `${prefix}${to}${path?.slice(from.length)}` : value;
  }
  if (Array.isArray(value)) return value.map((one) => renameIn(one, from, to, isGroupList));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, renameIn(inner, from, to, name === 'groups')]),
  );
}
