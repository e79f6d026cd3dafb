/** Clients of INDIGO IAM (MITREid's tables): same ids, same secrets, kept as hashes from now on. */
import { clientSchema } from '../../lake/schema/client.ts';
import { checkedItem, type LakeItem } from '../checked.ts';
import type { ImportNote } from '../note.ts';
import type { DumpRow } from '../sql-dump.ts';
import { type IndigoRows, isSet, numberOf, textOf } from './tables.ts';

export interface ImportedClients {
  readonly items: readonly LakeItem[];
  readonly notes: readonly ImportNote[];
}

const known = {
  grantTypes: new Set([
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:device_code',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ]),
  authMethods: new Map([
    ['SECRET_BASIC', 'client_secret_basic'],
    ['SECRET_POST', 'client_secret_post'],
    ['PRIVATE_KEY', 'private_key_jwt'],
    ['NONE', 'none'],
  ]),
};

export function importClients(rows: IndigoRows, usernameOf: ReadonlyMap<string, string>): ImportedClients {
  const notes: ImportNote[] = [];
  const read = createReader(rows, usernameOf);
  const items = rows.of('client_details').flatMap((row) => {
    const object = `client ${row.client_id}`;
    const { item, changes } = read(row);
    const checked = checkedItem(clientSchema, item, object);
    notes.push(...changes.map((why) => ({ object, outcome: 'changed' as const, why })), ...checked.notes);
    return checked.item === undefined ? [] : [checked.item];
  });
  return { items, notes };
}

function createReader(rows: IndigoRows, usernameOf: ReadonlyMap<string, string>) {
  const lists = {
    grantTypes: [rows.by('client_grant_type', 'owner_id'), 'grant_type'],
    redirectUris: [rows.by('client_redirect_uri', 'owner_id'), 'redirect_uri'],
    postLogoutRedirectUris: [rows.by('client_post_logout_redirect_uri', 'owner_id'), 'post_logout_redirect_uri'],
    scopes: [rows.by('client_scope', 'owner_id'), 'scope'],
  } as const;
  const owners = rows.by('iam_account_client', 'client_id');

  return (row: DumpRow): { readonly item: LakeItem; readonly changes: readonly string[] } => {
    const listOf = ([index, column]: (typeof lists)[keyof typeof lists]) => [
      ...new Set((index.get(row.id ?? '') ?? []).flatMap((entry) => textOf(entry, column) ?? [])),
    ];
    const grantTypes = listOf(lists.grantTypes);
    const method = authMethod(row);
    const item = {
      clientId: row.client_id,
      name: textOf(row, 'client_name') ?? undefined,
      ...proof(row, method.value),
      ...lifetimes(row),
      grantTypes: some(grantTypes.filter((grant) => known.grantTypes.has(grant))),
      redirectUris: some(listOf(lists.redirectUris)),
      postLogoutRedirectUris: some(listOf(lists.postLogoutRedirectUris)),
      scopes: some(listOf(lists.scopes)),
      owners: some(
        (owners.get(row.id ?? '') ?? []).flatMap(({ account_id }) => usernameOf.get(account_id ?? '') ?? []),
      ),
      state: 'active' in row && !isSet(row, 'active') ? 'suspended' : undefined,
    };
    const dropped = grantTypes.filter((grant) => !known.grantTypes.has(grant));
    const changes = [
      ...method.changes,
      ...(dropped.length > 0 ? [`grant types not taken over: ${dropped.join(', ')}`] : []),
      ...(isSet(row, 'dynamically_registered')
        ? ['its registration access token does not come over: it is administered here from now on']
        : []),
    ];
    return { item: Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)), changes };
  };
}

function proof(row: DumpRow, method: string): LakeItem {
  const hasSecret = method.startsWith('client_secret');
  return {
    tokenEndpointAuthMethod: method,
    clientSecret: hasSecret ? row.client_secret : undefined,
    introspection: method === 'none' ? undefined : isSet(row, 'allow_introspection'),
    ...keys(row),
  };
}

function lifetimes(row: DumpRow): LakeItem {
  const lifetime = accessTokenLifetime(row);
  return {
    accessTokenLifetimeSeconds: lifetime.seconds,
    lifetimeJustification: lifetime.justification,
    refreshTokenLifetimeSeconds: numberOf(row, 'refresh_token_validity_seconds') || undefined,
    refreshTokens: isSet(row, 'reuse_refresh_tokens') ? 'multi-use' : undefined,
  };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}

function authMethod(row: DumpRow): { readonly value: string; readonly changes: readonly string[] } {
  const said = textOf(row, 'token_endpoint_auth_method');
  if (said === null)
    return { value: textOf(row, 'client_secret') === null ? 'none' : 'client_secret_basic', changes: [] };
  const value = known.authMethods.get(said);
  if (value !== undefined) return { value, changes: [] };
  return {
    value: 'client_secret_basic',
    changes: [`it proved itself by ${said}, which is not taken over: the secret is sent from now on (HTTP Basic)`],
  };
}

/** INDIGO's 0 and NULL stand for its default. What leaves the table of the profile needs a reason (W-LIFE-1). */
function accessTokenLifetime(row: DumpRow): { readonly seconds?: number; readonly justification?: string } {
  const seconds = numberOf(row, 'access_token_validity_seconds');
  if (seconds === null || seconds <= 0) return {};
  return seconds >= 900 && seconds <= 21_600
    ? { seconds }
    : { seconds, justification: 'as it was in INDIGO IAM before the import' };
}

function keys(row: DumpRow): LakeItem {
  const address = textOf(row, 'jwks_uri');
  if (address !== null) return { jwksUri: address };
  const text = textOf(row, 'jwks');
  if (text === null) return {};
  try {
    return { jwks: JSON.parse(text) };
  } catch {
    return { jwks: 'not JSON' };
  }
}
