/** What an owner may say of a client: the same as a client that registers itself (RFC 7591), in the words of the lake file. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { ClientChange } from './administration.ts';
import type { ClientDefinition } from './definition.ts';
import { type ClientGrants, effectiveDefinition } from './grants.ts';
import { registrableGrants, registrableScopes } from './registration.ts';
import { toDefinition } from './registration-definition.ts';
import { readMetadata } from './registration-metadata.ts';

/** Fields of the lake file that RFC 7591 has a word for and that a registration may have. */
const words = {
  name: 'client_name',
  contacts: 'contacts',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  grantTypes: 'grant_types',
  scopes: 'scope',
  tokenEndpointAuthMethod: 'token_endpoint_auth_method',
  jwks: 'jwks',
  jwksUri: 'jwks_uri',
  idTokenSignedResponseAlg: 'id_token_signed_response_alg',
  backchannelLogoutUri: 'backchannel_logout_uri',
  dpopBoundAccessTokens: 'dpop_bound_access_tokens',
  requirePushedAuthorizationRequests: 'require_pushed_authorization_requests',
  requireSignedRequestObject: 'require_signed_request_object',
} as const satisfies Partial<Record<keyof ClientDefinition, string>>;

type OwnField = keyof typeof words;

/** What the owner may change, for forms. */
export const ownerFields = Object.keys(words) as readonly OwnField[];

export interface PresentClient {
  readonly own: ClientDefinition;
  readonly granted: ClientGrants;
}

/** The owner's part after a change; `present` is empty for a new client. What only administrators grant is refused, not left out. */
export function ownedDefinition(change: ClientChange, { own, granted }: PresentClient): PeopleAnswer<ClientDefinition> {
  const said = Object.entries(change).filter(([, value]) => value !== undefined);
  const foreign = said.find(([field]) => !Object.hasOwn(words, field));
  if (foreign !== undefined) return refused('invalid', 'is for administrators to say', foreign[0]);
  const effective = effectiveDefinition(own, granted);
  const beyond =
    findBeyond('scopes', change.scopes, registrableScopes, effective.scopes) ??
    findBeyond('grantTypes', change.grantTypes, registrableGrants, effective.grantTypes);
  if (beyond !== undefined) return beyond;
  const read = readMetadata(metadataOf({ ...own, ...Object.fromEntries(said) }));
  const given = read.ok ? toDefinition(read.value, own, { ...granted, mayHaveNone: true }) : read;
  if (given.ok) return ok(given.value);
  return refusedAs(given.error.description);
}

function findBeyond(
  field: 'scopes' | 'grantTypes',
  said: readonly string[] | null | undefined,
  registrable: readonly string[],
  present: readonly string[] = [],
): PeopleAnswer<never> | undefined {
  const one = said?.find((item) => !registrable.includes(item) && !present.includes(item));
  if (one === undefined) return undefined;
  return refused('invalid', `\`${one.slice(0, 200)}\` is granted by administrators: ask for it`, field);
}

/** In the words of RFC 7591, what an owner may not say left out. */
function metadataOf(definition: ClientChange): Record<string, unknown> {
  const { scopes, grantTypes = definition.redirectUris?.length ? ['authorization_code'] : [] } = definition;
  const said = {
    ...definition,
    scopes: scopes?.filter((scope) => registrableScopes.includes(scope)).join(' '),
    grantTypes: grantTypes?.filter((grant) => registrableGrants.includes(grant)),
  };
  const entries = ownerFields.map((field) => [words[field], said[field]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** The message of a registration, under the name that the field has here. */
function refusedAs(description: string): PeopleAnswer<never> {
  const field = ownerFields.find((one) => description.includes(`\`${words[one]}\``));
  const prefix = field === undefined ? '' : `\`${words[field]}\`: `;
  const message = description.startsWith(prefix) ? description.slice(prefix.length) : description;
  return refused('invalid', message, field);
}
