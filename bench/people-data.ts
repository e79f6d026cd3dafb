/** What gathers beside a lake: tokens of today, identities and keys, requests, mails. */
import { sql } from 'kysely';
import type { Database } from '../src/storage/database.ts';

/** Straight into the tables: what people and clients would need months for. */
export async function preload(db: Database): Promise<void> {
  for (const statement of statements) await statement.execute(db);
}

const someAccount = sql`(SELECT id, username, row_number() OVER (ORDER BY username) AS n FROM accounts) AS a`;
const someGroup = sql`(SELECT id, row_number() OVER (ORDER BY path) AS n FROM groups) AS g`;

const statements = [
  // The log has partitions from today on.
  sql`INSERT INTO issue_log (at, event, jti, subject, client_id, flow, audience, requested, issued, refused, because,
      policy_version, expires_at, cap, address)
    SELECT at, 'issued', gen_random_uuid(), 'client-' || (n % 10000),
      'client-' || (n % 10000), 'client_credentials', ARRAY['https://bench.example.org'], 'storage.read:/', 'storage.read:/',
      '[]', ARRAY['grant-1'], 10, at + interval '1 hour', '{"at": 1795000000000, "kind": "lifetime", "rule": null}', '127.0.0.1'
    FROM generate_series(1, 300000) AS n,
      LATERAL (SELECT date_trunc('day', now(), 'UTC') + n / 300000.0 * (now() - date_trunc('day', now(), 'UTC')) AS at) AS evenly`,
  sql`INSERT INTO identities (issuer, subject, account_id) SELECT 'https://home.example', username, id FROM ${someAccount}`,
  sql`INSERT INTO certificates (subject_dn, account_id) SELECT 'CN=' || username || ',O=bench', id FROM ${someAccount}`,
  sql`INSERT INTO ssh_keys (fingerprint, account_id, key)
    SELECT 'SHA256:' || encode(sha256(username::bytea), 'base64'), id, 'ssh-ed25519 ' || encode(sha256(username::bytea), 'base64') FROM ${someAccount}`,
  sql`INSERT INTO account_logins (account_id, at) SELECT id, now() - n * interval '1 minute' FROM ${someAccount} ON CONFLICT DO NOTHING`,
  // One in twenty waits.
  sql`INSERT INTO group_requests (account_id, group_id, kind, note, state, created_at, expires_at, decided_at)
    SELECT a.id, g.id, 'join', 'for the beam time', CASE WHEN a.n % 20 = 0 THEN 'pending' ELSE 'approved' END,
      now() - a.n * interval '1 minute', now() + interval '30 days', CASE WHEN a.n % 20 <> 0 THEN now() END
    FROM ${someAccount} JOIN ${someGroup} ON g.n = 1 + a.n % 50000`,
  sql`INSERT INTO group_invitations (group_id, email, uses, created_at, created_by, expires_at)
    SELECT id, 'guest-' || n || '@institute.example', 1, now() - n * interval '1 minute', 'user:head', now() + interval '30 days'
    FROM ${someGroup} WHERE n % 10 = 0`,
  sql`INSERT INTO enrolments (state, email, fields, group_ids, created_at, confirmed_at)
    SELECT CASE WHEN n % 10 = 0 THEN 'pending' ELSE 'refused' END, 'guest-' || n || '@institute.example',
      '{"name": "A Guest", "username": "guest"}', ARRAY[(SELECT id FROM groups WHERE path = '/escape')], now() - n * interval '1 minute', now()
    FROM generate_series(1, 20000) AS n`,
  sql`INSERT INTO client_requests (id, client_id, account_id, asked, note, state, created_at, expires_at)
    SELECT gen_random_uuid(), 'client-' || a.n, a.id, '{"scopes": ["storage.read:/e1"]}', 'for the pipeline',
      CASE WHEN a.n % 10 = 0 THEN 'waiting' ELSE 'refused' END, now() - a.n * interval '1 minute', now() + interval '30 days'
    FROM ${someAccount} WHERE a.n < 9000`,
  sql`INSERT INTO outbox (recipient, kind, data, created_at, next_attempt_at, settled_at, outcome)
    SELECT username || '@institute-' || (n - 1) % 300 || '.example', 'membership-ends', '{}', now() - n * interval '1 minute', now(), now(), 'sent' FROM ${someAccount}`,
  sql`INSERT INTO acceptable_use_signatures (account_id, version, text_digest, signed_at, signed_by)
    SELECT id, '1', sha256('rules'), now() - n * interval '1 minute', id FROM ${someAccount}`,
  sql`ANALYZE`,
];

export interface Ids {
  readonly account: string;
  /** With everybody in it, and everything below. */
  readonly group: string;
  /** With some 250 groups below. */
  readonly experiment: string;
  /** Of the feed of changes, behind most of it. */
  readonly cursor: string;
}

export async function someIds(db: Database): Promise<Ids> {
  const { rows } = await sql<Ids>`SELECT
    (SELECT id FROM accounts WHERE username = 'user-777') AS account,
    (SELECT id FROM groups WHERE path = '/escape') AS "group",
    (SELECT id FROM groups WHERE path = '/escape/e7') AS experiment,
    (SELECT concat_ws('.', epoch, cleaned, xact, sequence) FROM changes, change_feed
      ORDER BY xact, sequence OFFSET 300000 LIMIT 1) AS cursor`.execute(db);
  const [ids] = rows;
  if (ids === undefined || Object.values(ids).includes(null)) throw new Error('the lake of the bench is not there');
  return ids;
}
