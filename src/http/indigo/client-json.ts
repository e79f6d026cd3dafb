/** A client in the JSON of INDIGO IAM (its `RegisteredClientDTO`), and back. */
import type { Context } from 'koa';
import { type ClientDefinition, registeredClient } from '../../clients/definition.ts';
import type { IndigoClient } from '../../scim/indigo-directory.ts';
import { isObject } from '../../scim/normalise.ts';
import { type ScimAnswer, scimStatus } from '../../scim/problem.ts';
import { isoOf, type Json } from '../../scim/represent.ts';
import { ok } from '../../shared/result.ts';
import { readScimBody } from '../scim/body.ts';

const maxBytes = 256 * 1024;

/** The secret is never in it: only a hash of it is kept. */
export function representClient({ clientId, definition, ...client }: IndigoClient): Json {
  const filled = registeredClient({ clientId, secretHash: null, memberships: [] }, definition);
  const { grantTypes, tokenEndpointAuthMethod, jwks, jwksUri } = filled;
  return {
    client_id: clientId,
    client_name: filled.name ?? clientId,
    contacts: filled.contacts,
    grant_types: grantTypes,
    response_types: grantTypes.includes('authorization_code') ? ['code'] : [],
    redirect_uris: filled.redirectUris,
    post_logout_redirect_uris: filled.postLogoutRedirectUris,
    token_endpoint_auth_method: tokenEndpointAuthMethod,
    scope: filled.scopes.join(' '),
    ...(jwksUri !== null && { jwks_uri: jwksUri }),
    ...(jwks !== null && { jwk: JSON.stringify(jwks) }),
    access_token_validity_seconds: filled.accessTokenLifetimeSeconds ?? defaultSeconds.accessToken,
    refresh_token_validity_seconds: filled.refreshTokenLifetimeSeconds ?? defaultSeconds.refreshToken,
    allow_introspection: filled.introspection && tokenEndpointAuthMethod !== 'none',
    reuse_refresh_token: filled.refreshTokens === 'multi-use',
    dynamically_registered: client.registered,
    active: client.active,
    created_at: isoOf(client.createdAt),
    ...(client.lastUsedOn !== null && { last_used: `${client.lastUsedOn}T00:00:00.000Z` }),
    ...(client.suspendedAt !== null && { status_changed_on: isoOf(client.suspendedAt) }),
  };
}

/** Those of the table in wlcg-tokens section 6. */
const defaultSeconds = { accessToken: 3600, refreshToken: 2_592_000 };

/** INDIGO's fields with the ones that mean the same here. */
const fields: readonly (readonly [string, keyof ClientDefinition])[] = [
  ['client_name', 'name'],
  ['contacts', 'contacts'],
  ['grant_types', 'grantTypes'],
  ['redirect_uris', 'redirectUris'],
  ['post_logout_redirect_uris', 'postLogoutRedirectUris'],
  ['token_endpoint_auth_method', 'tokenEndpointAuthMethod'],
  ['jwks_uri', 'jwksUri'],
  ['access_token_validity_seconds', 'accessTokenLifetimeSeconds'],
  ['refresh_token_validity_seconds', 'refreshTokenLifetimeSeconds'],
  ['allow_introspection', 'introspection'],
];

/** A field that is absent is not spoken of; the use case says what a value has to be. */
export async function readDefinition(
  ctx: Context,
): Promise<ScimAnswer<{ readonly clientId: string | undefined; readonly definition: ClientDefinition }>> {
  const body = await readScimBody(ctx, maxBytes);
  if (!body.ok) return body;
  const said = body.value;
  if (!isObject(said)) return scimStatus(400, 'expected a JSON object');
  const { client_id: clientId, scope, jwk, reuse_refresh_token: reuse } = said;
  if (clientId !== undefined && typeof clientId !== 'string') return scimStatus(400, 'expected text as `client_id`');
  const given = fields.flatMap(([theirs, ours]) => (said[theirs] == null ? [] : [[ours, said[theirs]] as const]));
  const jwks = readJwks(jwk);
  if (!jwks.ok) return jwks;
  const definition = {
    ...Object.fromEntries(given),
    ...(jwks.value !== undefined && { jwks: jwks.value }),
    ...(scope != null && { scopes: scopesOf(scope) }),
    ...(typeof reuse === 'boolean' && { refreshTokens: reuse ? 'multi-use' : 'rotate' }),
  };
  return ok({ clientId, definition: definition as ClientDefinition });
}

/** One text with spaces, or a list. */
function scopesOf(scope: unknown): unknown {
  return typeof scope === 'string' ? scope.split(' ').filter((one) => one !== '') : scope;
}

function readJwks(jwk: unknown): ScimAnswer<unknown> {
  if (jwk === undefined || jwk === null || jwk === '') return ok(undefined);
  try {
    return ok(typeof jwk === 'string' ? JSON.parse(jwk) : jwk);
  } catch {
    return scimStatus(400, 'expected keys as JSON in `jwk`');
  }
}
