/** Sessions of accounts on PostgreSQL: the protocol library's records, with what the history of logins knows of the same login. */
import { type Kysely, sql } from 'kysely';
import type { AccountSession, AccountSessions } from '../accounts/account-sessions.ts';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { appendAudit } from './audit-log.ts';
import type { DB } from './schema.ts';

const most = 200;

/** Which services a session that ends has signed in, by client id, each with the session's name there. */
export type EndedSession = {
  readonly accountId: string;
  readonly services: ReadonlyMap<string, string>;
};

export interface AccountSessionDeps {
  readonly clock: Clock;
  /** Tells the services of a session that it has ended. */
  readonly tell: (session: EndedSession) => Promise<void>;
}

interface Row {
  readonly uid: string;
  readonly signed_in: string | null;
  readonly expires_at: Date | null;
  readonly acr: string | null;
  readonly authorizations: unknown;
  readonly upstream: string | null;
  readonly agent: string | null;
  readonly address: string | null;
}

export function createAccountSessions(db: Kysely<DB>, { clock, tell }: AccountSessionDeps): AccountSessions {
  const end = async (context: ChangeContext, accountId: string, condition: ReturnType<typeof sql<boolean>>) => {
    const ended = await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{ authorizations: unknown }>`
        DELETE FROM artifacts WHERE model = 'Session' AND payload ->> 'accountId' = ${accountId} AND ${condition}
        RETURNING payload -> 'authorizations' AS authorizations`.execute(trx);
      if (rows.length > 0) {
        await appendAudit(trx, {
          at: clock.now(),
          action: 'session.ended',
          actor: peopleActorName(context.actor),
          address: context.actor.address,
          reason: context.reason,
          objectKind: 'account',
          objectId: accountId,
          detail: { sessions: rows.length },
        });
      }
      return rows;
    });
    for (const { authorizations } of ended) await tell({ accountId, services: servicesOf(authorizations) });
    return ended.length;
  };

  return {
    list: async (accountId) => {
      // One login, two records: the history has its instant, the session the same in whole seconds.
      const { rows } = await sql<Row>`
        SELECT session.uid, session.payload ->> 'loginTs' AS signed_in, session.expires_at, session.payload ->> 'acr' AS acr,
          session.payload -> 'authorizations' AS authorizations, login.upstream, login.agent, login.address
        FROM artifacts AS session
        LEFT JOIN LATERAL (
          SELECT upstream, agent, address FROM login_history
          WHERE account_id = ${accountId} AND floor(extract(epoch FROM at)) = (session.payload ->> 'loginTs')::numeric
          ORDER BY id DESC LIMIT 1
        ) AS login ON true
        WHERE session.model = 'Session' AND session.payload ->> 'accountId' = ${accountId} AND session.uid IS NOT NULL
          AND (session.expires_at IS NULL OR session.expires_at > ${new Date(clock.now())})
        ORDER BY (session.payload ->> 'loginTs')::numeric DESC NULLS LAST, session.uid LIMIT ${most}`.execute(db);
      return rows.map(toSession);
    },
    end: async (context, accountId, uid) => (await end(context, accountId, sql<boolean>`uid = ${uid}`)) > 0,
    endOthers: (context, accountId, uid) => end(context, accountId, sql<boolean>`uid IS DISTINCT FROM ${uid}`),
    endOfLogin: (context, accountId, authTime) =>
      end(context, accountId, sql<boolean>`payload ->> 'loginTs' = ${String(authTime)}`),
  };
}

function toSession({ uid, signed_in, expires_at, authorizations, ...row }: Row): AccountSession {
  return {
    ...row,
    uid,
    signedInAt: Number(signed_in) * 1000,
    expiresAt: expires_at?.getTime() ?? null,
    clients: [...servicesOf(authorizations).keys()].sort(),
  };
}

function servicesOf(authorizations: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries((authorizations ?? {}) as Record<string, { sid?: unknown } | null>);
  return new Map(entries.map(([client, entry]) => [client, typeof entry?.sid === 'string' ? entry.sid : '']));
}
