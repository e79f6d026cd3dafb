/** The feed of changes on PostgreSQL: only rows of transactions older than every open one, so that nothing appears behind a reader's back (migrations 0020 and 0023). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ChangeRecords, FeedEntry, FeedFault } from '../accounts/change-feed.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { feedAccounts, feedGroups, feedMemberships, type Presence } from './change-values.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

/** A removal is told for so long; whoever was away longer begins anew. */
const keptDays = 90;

export function createChangeRecords(db: Kysely<DB>): ChangeRecords & Purgeable {
  return {
    read: (since, limit) =>
      // One snapshot: the entries and what is there belong together.
      db
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(async (trx) => {
          const feed = await trx.selectFrom('change_feed').select(['epoch', 'cleaned']).executeTakeFirstOrThrow();
          const start = startOf(since, feed);
          if (!start.ok) return start;
          const found = await findRows(trx, start.value, limit + 1);
          const rows = found.slice(0, limit);
          const { xact, sequence } = rows.at(-1) ?? start.value;
          const cursor = [feed.epoch, feed.cleaned, xact, sequence].join('.');
          return ok({
            entries: await toEntries(trx, rows),
            cursor,
            hasMore: found.length > limit,
          });
        }),
    purge: async (now) => {
      await beginAnewAfterRestore(db);
      return clean(db, now - keptDays * 86_400_000);
    },
  };
}

interface Position {
  readonly xact: string;
  readonly sequence: string;
}

function startOf(since: string | null, feed: { epoch: string; cleaned: string }): Result<Position, FeedFault> {
  if (since === null) return ok({ xact: '0', sequence: '0' });
  const [, epoch, cleaned = '', xact = '', sequence = ''] =
    /^([0-9a-f-]{36})\.(\d{1,19})\.(\d{1,19})\.(\d{1,18})$/.exec(since) ?? [];
  if (epoch === undefined) return err('malformed');
  // Whoever began after the last cleaning misses nothing of it, however far the copy is.
  const mayMiss = cleaned !== feed.cleaned && BigInt(xact) <= BigInt(feed.cleaned);
  if (epoch !== feed.epoch || mayMiss) return err('outdated');
  return ok({ xact, sequence });
}

interface Row extends Position {
  readonly at: Date;
  readonly kind: FeedEntry['kind'];
  readonly change: FeedEntry['change'];
  readonly id: string;
  readonly group_id: string | null;
}

async function findRows(trx: Kysely<DB>, { xact, sequence }: Position, limit: number): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`SELECT xact, sequence, at, kind, change, id, group_id FROM changes
    WHERE (xact, sequence) > (${xact}::xid8, ${sequence}::bigint) AND xact < pg_snapshot_xmin(pg_current_snapshot())
    ORDER BY xact, sequence LIMIT ${limit}`.execute(trx);
  return rows;
}

async function toEntries(trx: Kysely<DB>, rows: readonly Row[]): Promise<FeedEntry[]> {
  const idsOf = (kind: Row['kind']) => rows.filter((row) => row.kind === kind).map(({ id }) => id);
  const accounts = await feedAccounts(trx, idsOf('account'));
  const groups = await feedGroups(trx, idsOf('group'));
  const memberships = await feedMemberships(trx, idsOf('membership'));
  return rows.map((row) => toEntry(row, { accounts, groups, memberships }));
}

function toEntry(row: Row, { accounts, groups, memberships }: Presence): FeedEntry {
  const { change, id } = row;
  const at = row.at.getTime();
  if (row.kind === 'account') return { kind: 'account', change, at, id, present: accounts.get(id) ?? null };
  if (row.kind === 'group') return { kind: 'group', change, at, id, present: groups.get(id) ?? null };
  const groupId = row.group_id ?? '';
  const present = memberships.get(`${id} ${groupId}`) ?? null;
  return { kind: 'membership', change, at, accountId: id, groupId, present };
}

/** One statement for each kind, so that each is one join. */
const goneByKind: readonly RawBuilder<unknown>[] = [
  sql`kind = 'account' AND NOT EXISTS (SELECT FROM accounts WHERE accounts.id = changes.id)`,
  sql`kind = 'group' AND NOT EXISTS (SELECT FROM groups WHERE groups.id::text = changes.id)`,
  sql`kind = 'membership' AND NOT EXISTS (
    SELECT FROM memberships WHERE account_id = changes.id AND memberships.group_id = changes.group_id)`,
];

/** Of each object the last entry stays as long as the object does; older ones tell nothing more. */
async function clean(db: Kysely<DB>, before: number): Promise<number> {
  const instant = new Date(before);
  return db.transaction().execute(async (trx) => {
    const superseded = await sql`DELETE FROM changes USING (
        SELECT sequence, row_number() OVER (PARTITION BY kind, id, group_id ORDER BY xact DESC, sequence DESC) AS place
        FROM changes) AS ranked
      WHERE ranked.sequence = changes.sequence AND place > 1 AND at < ${instant}`.execute(trx);
    let removed = 0;
    for (const isGone of goneByKind) {
      const { rows } = await sql<{ count: number }>`WITH gone AS (
          DELETE FROM changes WHERE at < ${instant} AND ${isGone} RETURNING xact),
        noted AS (
          UPDATE change_feed SET cleaned = greatest(cleaned, last.xact)
          FROM (SELECT xact FROM gone ORDER BY xact DESC LIMIT 1) AS last)
        SELECT count(*)::int AS count FROM gone`.execute(trx);
      removed += rows[0]?.count ?? 0;
    }
    return Number(superseded.numAffectedRows ?? 0) + removed;
  });
}

/** A restored dump may have numbers of transactions that this server has not reached: its entries would stay hidden, and new ones come before them. */
async function beginAnewAfterRestore(db: Kysely<DB>): Promise<void> {
  await sql`WITH restored AS (
      UPDATE changes SET xact = '1'::xid8 WHERE xact >= pg_snapshot_xmax(pg_current_snapshot()) RETURNING 1)
    UPDATE change_feed SET epoch = gen_random_uuid(), cleaned = '0' WHERE EXISTS (SELECT FROM restored)`.execute(db);
}
