/** Askings for device codes on PostgreSQL: one conditional write decides, whichever process is asked (RFC 8628 section 3.5). */
import { type Kysely, sql } from 'kysely';
import {
  type DevicePollStore,
  firstPollSeconds,
  pollPenaltySeconds,
  pollToleranceMilliseconds,
} from '../artifacts/device-poll.ts';
import type { DB } from './schema.ts';
import { tokenHash } from './token-hash.ts';

export function createDevicePollStore(db: Kysely<DB>): DevicePollStore {
  return {
    poll: async (deviceCode, now) => {
      const at = new Date(now);
      const interval = sql<number>`coalesce(poll_seconds, ${firstPollSeconds}::integer)`;
      const latest = new Date(now + pollToleranceMilliseconds);
      const ofCode = db
        .updateTable('artifacts')
        .where('model', '=', 'DeviceCode')
        .where('id_hash', '=', tokenHash(deviceCode));
      const inTime = await ofCode
        .set({ polled_at: at })
        .where(sql<boolean>`(polled_at IS NULL OR polled_at + make_interval(secs => ${interval}) <= ${latest})`)
        .executeTakeFirst();
      if (inTime.numUpdatedRows === 1n) return true;
      await ofCode
        .set({ polled_at: at, poll_seconds: sql<number>`${interval} + ${pollPenaltySeconds}::integer` })
        .execute();
      return false;
    },
  };
}
