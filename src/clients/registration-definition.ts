/** From registered metadata to a client as the lake file would say it, and back to the answer (RFC 7591 section 3.2.1). */
import { err, ok, type Result } from '../shared/result.ts';
import type { RegisteredClient } from './client.ts';
import type { ClientDefinition } from './definition.ts';
import type { ClientGrants } from './grants.ts';
import { hasNativeRedirect, isNativeClient } from './native.ts';
import { type RegistrationRefusal, registrableGrants, registrableScopes } from './registration.ts';
import type { Metadata } from './registration-metadata.ts';

/**
 * `present` is the definition before an update, undefined for a new client. The client says anew what it may say; scopes and
 * grant types that only an administrator allows stay, and so does everything that the client has no word for. `beside`: what
 * was granted; `mayHaveNone`: a service that waits for its grant types needs none of its own.
 */
export function toDefinition(
  given: Metadata,
  present: ClientDefinition | undefined,
  beside: ClientGrants & { readonly mayHaveNone?: boolean } = {},
): Result<ClientDefinition, RegistrationRefusal> {
  const grantTypes = allowed(given.grant_types, registrableGrants, present?.grantTypes);
  if (grantTypes.length === 0 && !beside.grantTypes?.length && !beside.mayHaveNone) {
    const expected = registrableGrants.map((grant) => `\`${grant}\``).join(', ');
    return err({ error: 'invalid_client_metadata', description: `\`grant_types\`: expected one of ${expected}` });
  }
  if (grantTypes.includes('authorization_code') && given.redirect_uris.length === 0) {
    return err({ error: 'invalid_redirect_uri', description: '`redirect_uris`: `authorization_code` needs one' });
  }
  const asked = given.scope === undefined ? registrableScopes : given.scope.split(' ');
  return ok(
    withoutUndefined({
      optionalGroups: false,
      ...present,
      name: given.client_name,
      contacts: given.contacts,
      tokenEndpointAuthMethod: given.token_endpoint_auth_method,
      grantTypes,
      // Whatever it says: oidc-agent calls itself a web application.
      applicationType: hasNativeRedirect(given.redirect_uris) ? ('native' as const) : ('web' as const),
      redirectUris: [...new Set(given.redirect_uris)],
      postLogoutRedirectUris: given.post_logout_redirect_uris && [...new Set(given.post_logout_redirect_uris)],
      scopes: allowed(asked, registrableScopes, present?.scopes),
      jwks: given.jwks,
      jwksUri: given.jwks_uri,
      idTokenSignedResponseAlg: given.id_token_signed_response_alg,
      backchannelLogoutUri: given.backchannel_logout_uri,
      dpopBoundAccessTokens: given.dpop_bound_access_tokens,
      requirePushedAuthorizationRequests: given.require_pushed_authorization_requests,
      requireSignedRequestObject: given.require_signed_request_object,
    }),
  );
}

/** What is asked and may be had, and what the lake file of this client allowed; what was granted later is kept apart (`grants.ts`). */
function allowed(asked: readonly string[], registrable: readonly string[], present: readonly string[] = []): string[] {
  const own = asked.filter((one) => registrable.includes(one));
  return [...new Set([...own, ...present.filter((one) => !registrable.includes(one))])];
}

/** As the lake file has it: what is not said is not there. */
function withoutUndefined(definition: ClientDefinition): ClientDefinition {
  return Object.fromEntries(Object.entries(definition).filter(([, value]) => value !== undefined));
}

/** The client information response; never the secret, which is kept as a hash only. Times in seconds since the epoch. */
export function clientInformation(client: RegisteredClient, issuedAt: number): Record<string, unknown> {
  const said = {
    client_id: client.clientId,
    client_id_issued_at: issuedAt,
    ...(client.name !== null && { client_name: client.name }),
    application_type: isNativeClient(client) ? 'native' : 'web',
    redirect_uris: client.redirectUris,
    ...(client.postLogoutRedirectUris.length > 0 && { post_logout_redirect_uris: client.postLogoutRedirectUris }),
    grant_types: client.grantTypes,
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    scope: client.scopes.join(' '),
    subject_type: 'public',
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    id_token_signed_response_alg: client.idTokenSignedResponseAlg,
    // Only where they are true: oidc-agent 4 cannot merge an answer with a boolean in it.
    ...(client.dpopBoundAccessTokens && { dpop_bound_access_tokens: true }),
    ...(client.requirePushedAuthorizationRequests && { require_pushed_authorization_requests: true }),
    ...(client.requireSignedRequestObject && { require_signed_request_object: true }),
  };
  return {
    ...said,
    ...(client.jwks && { jwks: client.jwks }),
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    ...(client.contacts.length > 0 && { contacts: client.contacts }),
    ...(client.backchannelLogoutUri && { backchannel_logout_uri: client.backchannelLogoutUri }),
  };
}
