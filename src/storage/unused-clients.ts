/** The end of clients that nobody uses: told to their owners, then suspended, then deleted with everything issued to them; and of requests and invitations that nobody answers. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RegistrationSettings } from '../clients/registration.ts';
import { appendAudit } from './audit-log.ts';
import { type ClientMailPlace, mailAboutClient } from './client-mails.ts';
import { noteChange, writing } from './client-registration.ts';
import type { Purgeable } from './housekeeping.ts';
import { loadRegistrationSettings } from './lake-facts.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;
const actor = 'system:life-cycle';

/** Clients of one step in one round: the next comes within the hour. */
const atMost = 1000;

/** One look at a moment; each step finds anew what it does, so that processes may take turns at it. */
interface Round {
  readonly trx: Kysely<DB>;
  readonly now: number;
  readonly settings: RegistrationSettings;
  readonly place: ClientMailPlace;
}

interface Found {
  readonly client_id: string;
  readonly name: string | null;
}

export function createUnusedClients(db: Kysely<DB>, place: ClientMailPlace): Purgeable {
  return {
    async purge(now) {
      const settings = await loadRegistrationSettings(db);
      // Looked for first: a write of nothing would make every process read clients anew.
      const steps = [announce, suspend, remove, endRequests, endSecrets];
      let done = 0;
      for (const step of steps) {
        if ((await step.find({ trx: db, now, settings, place })).length === 0) continue;
        done += await writing(db, async (trx) => {
          const round = { trx, now, settings, place };
          const found = await step.find(round);
          for (const one of found) await step.act(round, one);
          return found.length;
        });
      }
      await db.deleteFrom('client_invitations').where('expires_at', '<', new Date(now)).execute();
      return done;
    },
  };
}

interface Step {
  find(round: Round): Promise<readonly Found[]>;
  act(round: Round, found: Found): Promise<void>;
}

/** `days` before the suspension; the owners of a client that is used again and then not are told again. */
const announce: Step = {
  find: ({ trx, now, settings }) => findUnused(trx, now, settings, noticeDays, sql`state = 'active' AND NOT ${isTold}`),
  act: async ({ trx, now, settings, place }, { client_id: clientId, name }) => {
    const told_on = dayText(now);
    await sql`INSERT INTO client_unused_notices (client_id, told_on) VALUES (${clientId}, ${told_on}::date)
      ON CONFLICT (client_id) DO UPDATE SET told_on = excluded.told_on`.execute(trx);
    const data = { suspendedOn: dayText(now + noticeDays(settings) * day) };
    const about = { clientId, clientName: name, path: pageOf(clientId) };
    await mailAboutClient(trx, place, 'owners', { kind: 'client.unused', ...about, data }, now);
  },
};

/** Only those whose owners had the whole time of the notice. */
const suspend: Step = {
  find: ({ trx, now, settings }) => {
    const toldBefore = dayText(now - noticeDays(settings) * day);
    const isTime = sql`state = 'active' AND ${isTold} AND told_on <= ${toldBefore}::date`;
    return findUnused(trx, now, settings, () => 0, isTime);
  },
  act: async ({ trx, now, settings, place }, { client_id: clientId, name }) => {
    const because = 'nobody used it';
    const { registered_at } = await trx
      .updateTable('clients')
      .set({ state: 'suspended', suspended_at: new Date(now), suspended_because: because, suspended_by: 'unused' })
      .where('client_id', '=', clientId)
      .returning('registered_at')
      .executeTakeFirstOrThrow();
    const detail = { client: clientId };
    await appendAudit(trx, {
      ...{ at: now, action: 'client.suspended', actor, address: null, reason: because, detail },
      ...{ objectKind: 'client', objectId: clientId },
    });
    const data = { deletedOn: registered_at === null ? null : dayText(now + settings.graceDays * day) };
    const about = { clientId, clientName: name, path: pageOf(clientId) };
    await mailAboutClient(trx, place, 'owners', { kind: 'client.suspended', ...about, data }, now);
  },
};

/** Registered ones only: what an administrator made, an administrator deletes. */
const remove: Step = {
  find: async ({ trx, now, settings }) => {
    const before = new Date(now - settings.graceDays * day);
    const found = await sql<Found>`SELECT client_id, definition->>'name' AS name FROM clients
      WHERE state = 'suspended' AND suspended_by = 'unused' AND suspended_at <= ${before}
        AND registered_at IS NOT NULL AND NOT declared
      ORDER BY client_id LIMIT ${atMost}`.execute(trx);
    return found.rows;
  },
  act: async ({ trx, now, settings }, { client_id: clientId }) => {
    await trx.deleteFrom('clients').where('client_id', '=', clientId).execute();
    const reason = `nobody used it, and nobody restored it within ${settings.graceDays} days`;
    await noteChange(trx, clientId, { change: 'expired', actor, reason, at: now }, null);
  },
};

const endRequests: Step = {
  find: async ({ trx, now }) => {
    const found = await sql<Found>`SELECT client_id, max(definition->>'name') AS name
      FROM client_requests JOIN clients USING (client_id)
      WHERE client_requests.state = 'waiting' AND expires_at <= ${new Date(now)}
      GROUP BY client_id ORDER BY client_id LIMIT ${atMost}`.execute(trx);
    return found.rows;
  },
  act: async ({ trx, now, place }, { client_id: clientId, name }) => {
    const instant = new Date(now);
    await trx
      .updateTable('client_requests')
      .set({ state: 'expired', decided_at: instant, decided_by: actor })
      .where('client_id', '=', clientId)
      .where('state', '=', 'waiting')
      .where('expires_at', '<=', instant)
      .execute();
    const about = { clientId, clientName: name, path: pageOf(clientId) };
    await mailAboutClient(trx, place, 'owners', { kind: 'client.request-expired', ...about, data: {} }, now);
  },
};

/** A secret past its end opens nothing already; it is also forgotten, and so are the days of secrets that are no more. */
const endSecrets: Step = {
  find: async ({ trx, now }) => {
    const found = await sql<Found>`SELECT client_id, NULL AS name FROM clients
      WHERE previous_secret_ends_at <= ${new Date(now)} ORDER BY client_id LIMIT ${atMost}`.execute(trx);
    return found.rows;
  },
  act: async ({ trx }, { client_id: clientId }) => {
    await sql`UPDATE clients SET previous_secret_hash = NULL, previous_secret_ends_at = NULL, previous_secret_created_at = NULL
      WHERE client_id = ${clientId}`.execute(trx);
    await sql`DELETE FROM client_secret_uses USING clients
      WHERE client_secret_uses.client_id = ${clientId} AND clients.client_id = ${clientId}
        AND client_secret_uses.secret_hash IS DISTINCT FROM clients.secret_hash`.execute(trx);
  },
};

/** Told since it was last used, changed or made. */
const isTold = sql`(told_on IS NOT NULL AND told_on >= coalesce(used_on, '-infinity')
  AND told_on >= (updated_at AT TIME ZONE 'UTC')::date)`;

/** Nobody has less than half of the time without use for it. */
function noticeDays({ unusedDays, noticeDays: days }: RegistrationSettings): number {
  return Math.min(days, Math.floor(unusedDays / 2));
}

/** No token, no change and no live refresh token for as long as the lake allows, less some days. */
async function findUnused(
  db: Kysely<DB>,
  now: number,
  settings: RegistrationSettings,
  less: (settings: RegistrationSettings) => number,
  condition: RawBuilder<unknown>,
): Promise<readonly Found[]> {
  const since = (days: number) => new Date(now - (days - less(settings)) * day);
  const { unusedDays, administeredUnusedDays } = settings;
  const isRegistered = sql`(registered_at IS NOT NULL AND NOT declared)`;
  const kinds = [
    sql`(${isRegistered} AND ${isUnusedSince(since(unusedDays))})`,
    ...(administeredUnusedDays === null
      ? []
      : [sql`(NOT ${isRegistered} AND ${isUnusedSince(since(administeredUnusedDays))})`]),
  ];
  const found = await sql<Found>`SELECT client_id, definition->>'name' AS name
    FROM clients LEFT JOIN client_uses USING (client_id) LEFT JOIN client_unused_notices USING (client_id)
    WHERE ${condition} AND (${sql.join(kinds, sql` OR `)})
      AND NOT EXISTS (SELECT FROM refresh_tokens
        WHERE refresh_tokens.client_id = clients.client_id AND revoked_at IS NULL AND expires_at > ${new Date(now)})
    ORDER BY client_id LIMIT ${atMost}`.execute(db);
  return found.rows;
}

function isUnusedSince(before: Date) {
  return sql`(coalesce(registered_at, created_at) < ${before} AND updated_at < ${before}
    AND (used_on IS NULL OR used_on < (${before}::timestamptz AT TIME ZONE 'UTC')::date))`;
}

function pageOf(clientId: string): string {
  return `/account/clients/${encodeURIComponent(clientId)}`;
}

function dayText(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}
