/** The look at the ends of embargoes: adds the events that a date brought to the outbox, each once, whoever looks (policy-semantics 7). */
import { type Kysely, sql } from 'kysely';
import type { RuleEventData } from '../events/event.ts';
import { daysBefore, findConcerned, findDueNotice, longestNoticeMilliseconds, type Notice } from '../events/notice.ts';
import type { DB } from './schema.ts';

/** Resolves to the number of events that were added. */
export type LookAtEnds = (now: number) => Promise<number>;

/** An active embargo whose end may call for an event. */
interface NearEnd {
  readonly id: string;
  readonly version: number;
  readonly ends_at: Date;
  readonly given: readonly Notice[];
  readonly document: EmbargoDocument;
}

interface EmbargoDocument {
  readonly parties: readonly { readonly subject: string; readonly until?: string | null }[];
}

interface Due {
  readonly embargo: NearEnd;
  readonly notice: Notice;
}

export function createEmbargoLook(db: Kysely<DB>): LookAtEnds {
  return async (now) => {
    if ((await findDue(db, now)).length === 0) return 0;
    return db.transaction().execute(async (trx) => {
      // Whoever changes a rule holds this row, too: what is read next is the last state, and stays it until the end.
      const { version } = await trx
        .selectFrom('lake_version')
        .select('version')
        .forNoKeyUpdate()
        .executeTakeFirstOrThrow();
      const due = await findDue(trx, now);
      for (const one of due) await addEvent(trx, one, version, now);
      return due.length;
    });
  };
}

async function findDue(db: Kysely<DB>, now: number): Promise<readonly Due[]> {
  const near = await sql<NearEnd>`
    SELECT embargoes.id, embargoes.version, coalesce(ends_at, hard_limit) AS ends_at, document,
      ARRAY(SELECT notice FROM embargo_notices WHERE embargo_id = embargoes.id) AS given
    FROM embargoes
    JOIN rule_versions ON rule_versions.kind = 'embargo' AND rule_versions.id = embargoes.id
      AND rule_versions.version = embargoes.version
    WHERE state = 'active' AND coalesce(ends_at, hard_limit) <= ${new Date(now + longestNoticeMilliseconds)}
      AND NOT EXISTS (SELECT FROM embargo_notices WHERE embargo_id = embargoes.id AND notice = 'released')
    ORDER BY coalesce(ends_at, hard_limit), embargoes.id`.execute(db);
  return near.rows.flatMap((embargo) => {
    const notice = findDueNotice(embargo.ends_at.getTime(), now, embargo.given);
    return notice === null ? [] : [{ embargo, notice }];
  });
}

async function addEvent(trx: Kysely<DB>, { embargo, notice }: Due, policyVersion: string, now: number): Promise<void> {
  const { id, version } = embargo;
  const at = new Date(now);
  await trx.insertInto('embargo_notices').values({ embargo_id: id, notice, at }).execute();
  const type = notice === 'released' ? 'embargo.released' : 'embargo.ending';
  const data = JSON.stringify(describe(embargo, notice, now));
  await trx
    .insertInto('events')
    .values({ type, kind: 'embargo', rule_id: id, version, policy_version: policyVersion, at, data })
    .execute();
}

function describe({ document, ends_at }: NearEnd, notice: Notice, now: number): RuleEventData {
  const common = { actor: 'clock', reason: null, endsAt: ends_at.toISOString() };
  // The row keeps `active`: a release by date is a comparison with the clock, which needs no write.
  if (notice === 'released') return { change: 'released', rule: { ...document, state: 'released' }, ...common };
  return {
    change: 'ending',
    rule: document,
    ...common,
    daysBefore: daysBefore(notice),
    subjects: findConcerned(document.parties, now),
  };
}
