/** Clients for the protocol library, from the snapshot in memory: a token request reads no row. */
import type Provider from 'oidc-provider';
import { type ClientMetadata, errors } from 'oidc-provider';
import type { AuthMethod, RegisteredClient } from '../clients/client.ts';
import { isNativeClient } from '../clients/native.ts';
import type { SecretCheck } from '../clients/secret.ts';
import { exchangeGrant } from '../exchange/exchange-request.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { deviceCodeGrant } from '../tokens/profile.ts';

/** Grants that are built; others are kept with the client until they are. */
export const builtGrants: readonly string[] = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  deviceCodeGrant,
  exchangeGrant,
];

/** Replaces the library's look-up and its comparison of secrets in clear (oidc-provider-notes 20). A client whose way to authenticate is not configured is none. */
export function installClients(
  provider: Provider,
  snapshots: SnapshotSource,
  options: { readonly authMethods: readonly AuthMethod[]; readonly checkSecret: SecretCheck },
): void {
  const built = new WeakMap<RegisteredClient, InstanceType<Provider['Client']>>();
  const Client = provider.Client;

  Client.find = async (id) => {
    const registered = snapshots.current().clients.get(id);
    if (registered === undefined || !isServed(registered, options.authMethods)) return undefined;
    const known = built.get(registered);
    if (known) return known;
    // Registered clients are immutable and replaced whole with the snapshot, so that the object itself is the key.
    const client = new (Client as unknown as new (metadata: ClientMetadata) => typeof known & object)(
      toMetadata(registered),
    );
    built.set(registered, client);
    return client;
  };

  // RFC 6749 section 4.1.2.1; the library says `invalid_request`.
  const { responseTypeAllowed } = Client.prototype;
  Client.prototype.responseTypeAllowed = function (type) {
    if (responseTypeAllowed.call(this, type)) return true;
    throw new errors.UnauthorizedClient('requested response_type is not allowed for this client');
  };

  Client.prototype.compareClientSecret = function (this: { clientId: string }, secret: string) {
    const client = snapshots.current().clients.get(this.clientId);
    return client !== undefined && options.checkSecret(client, secret);
  };
}

/** Where certificates are not looked at, a client that has to show one gets no token without. */
function isServed(client: RegisteredClient, authMethods: readonly AuthMethod[]): boolean {
  const { tokenEndpointAuthMethod: method, tlsClientCertificateBoundAccessTokens: isBound } = client;
  return authMethods.includes(method) && (!isBound || authMethods.includes('self_signed_tls_client_auth'));
}

/** What it has to prove beside its identity, and where it hears of logouts. */
function proofMetadata(client: RegisteredClient): Partial<ClientMetadata> {
  const { tlsClientAuthSubjectDn: dn, tlsClientAuthSanDns: dns, backchannelLogoutUri } = client;
  return {
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    require_signed_request_object: client.requireSignedRequestObject,
    dpop_bound_access_tokens: client.dpopBoundAccessTokens,
    ...(client.tlsClientCertificateBoundAccessTokens && { tls_client_certificate_bound_access_tokens: true }),
    ...(dn !== null && { tls_client_auth_subject_dn: dn }),
    ...(dns !== null && { tls_client_auth_san_dns: dns }),
    ...(backchannelLogoutUri !== null && {
      backchannel_logout_uri: backchannelLogoutUri,
      backchannel_logout_session_required: true,
    }),
  };
}

/** The lake file's fields as OAuth client metadata (RFC 7591). Scopes are judged by the policy, not by the library. */
export function toMetadata(client: RegisteredClient): ClientMetadata {
  return {
    client_id: client.clientId,
    client_name: client.name ?? client.clientId,
    token_endpoint_auth_method: client.tokenEndpointAuthMethod,
    grant_types: client.grantTypes.filter((grant) => builtGrants.includes(grant)),
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.postLogoutRedirectUris],
    response_types: client.grantTypes.includes('authorization_code') ? ['code'] : [],
    application_type: isNativeClient(client) ? 'native' : 'web',
    id_token_signed_response_alg: client.accessTokenSigningAlg,
    // The schema asks for a secret; the real one is compared by its hash.
    ...(client.secretHash !== null && { client_secret: 'kept-as-a-hash' }),
    ...(client.jwks && { jwks: client.jwks as unknown as ClientMetadata['jwks'] & object }),
    ...(client.jwksUri && { jwks_uri: client.jwksUri }),
    ...proofMetadata(client),
  };
}
