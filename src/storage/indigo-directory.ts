/** What INDIGO IAM's paths show beside users and groups, on PostgreSQL. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ClientDefinition } from '../clients/definition.ts';
import { type ClientGrants, effectiveDefinition } from '../clients/grants.ts';
import type { Action, Subject } from '../policy/rule.ts';
import type {
  ClientSearch,
  Found,
  GroupRequestSearch,
  GroupRequestState,
  IndigoClient,
  IndigoDirectory,
  IndigoGroupRequest,
  IndigoPolicy,
  PolicySubject,
  Range,
} from '../scim/indigo-directory.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';
import { isCurrent } from './scim-fields.ts';

export function createIndigoDirectory(db: Kysely<DB>, clock: Clock): IndigoDirectory {
  return {
    listClients: (search, range) => listClients(db, search, range),
    clientOwners: async (clientId) => {
      const found = await sql<PolicySubject>`SELECT accounts.id, accounts.username AS name FROM client_owners
        JOIN accounts ON accounts.id = client_owners.account_id
        WHERE client_owners.client_id = ${storable(clientId)} ORDER BY client_owners.position`.execute(db);
      return found.rows;
    },
    policies: async () => {
      const now = new Date(clock.now());
      return [...(await grantPolicies(db, now)), ...(await embargoPolicies(db, now))];
    },
    listGroupRequests: (search, range) => listGroupRequests(db, search, range),
  };
}

async function listClients(db: Kysely<DB>, search: ClientSearch, range: Range): Promise<Found<IndigoClient>> {
  const { clientId, text, registeredOnly, owner } = search;
  const of = where(sql`FROM clients LEFT JOIN client_uses USING (client_id)`, [
    clientId === undefined ? null : sql<boolean>`client_id = ${storable(clientId)}`,
    text === undefined
      ? null
      : sql<boolean>`(${contains(sql`client_id`, text)} OR ${contains(sql`definition->>'name'`, text)})`,
    registeredOnly ? sql<boolean>`registered_at IS NOT NULL` : null,
    owner === undefined
      ? null
      : sql<boolean>`client_id IN (SELECT client_id FROM client_owners WHERE account_id = ${owner})`,
  ]);
  const total = await count(db, of);
  const found =
    await sql<ClientRow>`SELECT client_id, definition, granted, state, secret_hash IS NOT NULL AS has_secret,
      registered_at, created_at, suspended_at, used_on::text AS used_on ${of}
    ORDER BY client_id LIMIT ${range.count} OFFSET ${range.skip}`.execute(db);
  return { total, items: found.rows.map(toClient) };
}

interface ClientRow {
  readonly client_id: string;
  readonly definition: ClientDefinition;
  readonly granted: ClientGrants;
  readonly state: string;
  readonly has_secret: boolean;
  readonly registered_at: Date | null;
  readonly created_at: Date;
  readonly suspended_at: Date | null;
  readonly used_on: string | null;
}

function toClient(row: ClientRow): IndigoClient {
  return {
    clientId: row.client_id,
    definition: effectiveDefinition(row.definition, row.granted),
    active: row.state === 'active',
    hasSecret: row.has_secret,
    registered: row.registered_at !== null,
    createdAt: (row.registered_at ?? row.created_at).getTime(),
    lastUsedOn: row.used_on,
    suspendedAt: row.suspended_at?.getTime() ?? null,
  };
}

/** Grants for single audiences or for clients have no equivalent. */
async function grantPolicies(db: Kysely<DB>, now: Date): Promise<readonly IndigoPolicy[]> {
  const found =
    await sql<PolicyRow>`SELECT grants.id AS rule, grants.path, grants.actions, grants.subject, grants.ends_at,
      accounts.id AS account_id, accounts.username, groups.id AS group_id, groups.path AS group_path
    FROM grants LEFT JOIN accounts ON grants.subject = 'user:' || accounts.username
      LEFT JOIN groups ON grants.subject = 'group:' || groups.path
    WHERE ${isCurrent('grants', now)} AND grants.audiences IS NULL AND (accounts.id IS NOT NULL OR groups.id IS NOT NULL)
    ORDER BY grants.position, grants.id`.execute(db);
  return found.rows.map((row) => toPolicy(row, 'PERMIT'));
}

/** Everybody is refused, and each party let in. */
async function embargoPolicies(db: Kysely<DB>, now: Date): Promise<readonly IndigoPolicy[]> {
  const active = sql`embargoes WHERE state = 'active' AND ${isCurrent('embargoes', now)} AND exempt = '{}'`;
  const denied = await sql<PolicyRow>`SELECT id AS rule, path, actions, NULL AS subject, ends_at, NULL AS account_id,
      NULL AS username, NULL AS group_id, NULL AS group_path FROM ${active} ORDER BY position, id`.execute(db);
  const admitted = await sql<PolicyRow>`
    SELECT embargo.id AS rule, embargo.path,
      ARRAY(SELECT jsonb_array_elements_text(coalesce(party->'actions', to_jsonb(embargo.actions)))) AS actions,
      party->>'subject' AS subject, embargo.ends_at,
      accounts.id AS account_id, accounts.username, groups.id AS group_id, groups.path AS group_path
    FROM (SELECT * FROM ${active}) AS embargo, jsonb_array_elements(embargo.parties) WITH ORDINALITY AS parties (party, place)
      LEFT JOIN accounts ON party->>'subject' = 'user:' || accounts.username
      LEFT JOIN groups ON party->>'subject' = 'group:' || groups.path
    WHERE (party->>'from' IS NULL OR (party->>'from')::timestamptz <= ${now})
      AND (party->>'until' IS NULL OR (party->>'until')::timestamptz > ${now})
      AND (accounts.id IS NOT NULL OR groups.id IS NOT NULL)
    ORDER BY embargo.position, embargo.id, place`.execute(db);
  return [...denied.rows.map((row) => toPolicy(row, 'DENY')), ...admitted.rows.map((row) => toPolicy(row, 'PERMIT'))];
}

interface PolicyRow {
  readonly rule: string;
  readonly path: string;
  readonly actions: Action[];
  readonly subject: Subject | null;
  readonly ends_at: Date | null;
  readonly account_id: string | null;
  readonly username: string | null;
  readonly group_id: string | null;
  readonly group_path: string | null;
}

function toPolicy(row: PolicyRow, effect: IndigoPolicy['effect']): IndigoPolicy {
  return {
    rule: row.rule,
    effect,
    path: row.path,
    actions: row.actions,
    subject: row.subject,
    account: row.account_id === null ? null : { id: row.account_id, name: row.username ?? '' },
    group: row.group_id === null ? null : { id: row.group_id, name: row.group_path ?? '' },
    until: row.ends_at?.getTime() ?? null,
  };
}

/** What expired or was withdrawn has no state there. */
const states: Readonly<Record<string, GroupRequestState>> = {
  pending: 'PENDING',
  approved: 'APPROVED',
  refused: 'REJECTED',
};

async function listGroupRequests(
  db: Kysely<DB>,
  search: GroupRequestSearch,
  range: Range,
): Promise<Found<IndigoGroupRequest>> {
  const text = (column: RawBuilder<unknown>, value: string | undefined) => {
    if (value === undefined) return null;
    return search.partly ? contains(column, value) : sql<boolean>`${column} = ${storable(value)}`;
  };
  const [state] = Object.entries(states).find(([, said]) => said === search.state) ?? [];
  const of = where(
    sql`FROM group_requests AS request JOIN accounts ON accounts.id = request.account_id
      JOIN groups ON groups.id = request.group_id`,
    [
      sql<boolean>`request.kind = 'join' AND request.state = ANY(${Object.keys(states)}::text[])`,
      search.id === undefined ? null : sql<boolean>`request.id::text = ${storable(search.id)}`,
      search.accountId === undefined ? null : sql<boolean>`request.account_id = ${search.accountId}`,
      text(sql`accounts.username`, search.username),
      text(sql`substr(groups.path, 2)`, search.groupName),
      text(sql`request.note`, search.note),
      text(sql`accounts.name`, search.name),
      state === undefined ? null : sql<boolean>`request.state = ${state}`,
    ],
  );
  const total = await count(db, of);
  const found = await sql<RequestRow>`SELECT request.id, request.account_id, accounts.username, accounts.name,
      request.group_id, groups.path AS group_path, request.state, request.note, request.answer, request.created_at,
      request.decided_at ${of}
    ORDER BY accounts.username, groups.path, request.created_at, request.id
    LIMIT ${range.count} OFFSET ${range.skip}`.execute(db);
  return { total, items: found.rows.map(toRequest) };
}

interface RequestRow {
  readonly id: string;
  readonly account_id: string;
  readonly username: string;
  readonly name: string | null;
  readonly group_id: string;
  readonly group_path: string;
  readonly state: string;
  readonly note: string | null;
  readonly answer: string | null;
  readonly created_at: Date;
  readonly decided_at: Date | null;
}

function toRequest(row: RequestRow): IndigoGroupRequest {
  return {
    id: row.id,
    accountId: row.account_id,
    username: row.username,
    name: row.name,
    groupId: row.group_id,
    groupPath: row.group_path,
    state: states[row.state] ?? 'PENDING',
    note: row.note,
    answer: row.answer,
    createdAt: row.created_at.getTime(),
    decidedAt: row.decided_at?.getTime() ?? null,
  };
}

function where(from: RawBuilder<unknown>, conditions: readonly (RawBuilder<boolean> | null)[]): RawBuilder<unknown> {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? from : sql`${from} WHERE ${sql.join(given, sql` AND `)}`;
}

async function count(db: Kysely<DB>, of: RawBuilder<unknown>): Promise<number> {
  const found = await sql<{ total: string }>`SELECT count(*) AS total ${of}`.execute(db);
  return Number(found.rows[0]?.total);
}

function contains(column: RawBuilder<unknown>, text: string): RawBuilder<boolean> {
  return sql<boolean>`position(lower(${storable(text)}::text) IN lower(${column})) > 0`;
}

/** PostgreSQL has no NUL in text, and nothing has such a name. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}').toWellFormed();
}
