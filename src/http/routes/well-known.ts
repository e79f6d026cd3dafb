/** Metadata and keys: made once (keys anew when they change), served with caching headers and ETags (W-DISC-1, W-KEY-1, W-KEY-2). */
import { hash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import { claimsByScope } from '../../provider/account.ts';
import { builtGrants } from '../../provider/clients.ts';
import { assertionAlgorithms, clientAuthMethods, routes } from '../../provider/configuration.ts';
import { dpopAlgorithms } from '../../provider/dpop-proof.ts';
import { introspectionAlgorithms } from '../../provider/introspection.ts';
import { type MutualTls, mutualTlsMethods } from '../../provider/mutual-tls.ts';
import { requestObjectAlgorithms } from '../../provider/request-object.ts';
import { multiFactorAcr, singleFactorAcr } from '../../tokens/profile.ts';
import { registrationPath } from './registration.ts';

const metadataPaths = ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'];

const keysMaxAgeSeconds = 21_600;
const metadataMaxAgeSeconds = 3600;

/** `mayRegister`: whether clients may register themselves now. */
export function wellKnown(
  issuer: string,
  publicJwks: () => object,
  mayRegister: () => boolean,
  issuerData: object,
): Middleware {
  const metadataOf = (value: object) => staticJson(value, metadataMaxAgeSeconds, 'application/json');
  const closed = metadataOf(issuerData);
  const open = metadataOf({
    ...issuerData,
    registration_endpoint: new URL(registrationPath.slice(1), issuer).href,
  });
  const metadata = (ctx: Context) => (mayRegister() ? open(ctx) : closed(ctx));
  let held: { of: object; answer: (ctx: Context) => void } | undefined;
  const keys = (ctx: Context) => {
    const jwks = publicJwks();
    // The same content has the same bytes and the same ETag, in every process.
    if (held?.of !== jwks) held = { of: jwks, answer: staticJson(jwks, keysMaxAgeSeconds, 'application/jwk-set+json') };
    held.answer(ctx);
  };
  const answers = new Map([...metadataPaths.map((path) => [path, metadata] as const), [routes.jwks, keys]]);
  return (ctx, next) => {
    const answer = ctx.method === 'GET' || ctx.method === 'HEAD' ? answers.get(ctx.path) : undefined;
    return answer === undefined ? next() : answer(ctx);
  };
}

function staticJson(value: object, maxAgeSeconds: number, type: string): (ctx: Context) => void {
  const body = JSON.stringify(value);
  const etag = `"${hash('sha256', body, 'base64url').slice(0, 22)}"`;
  return (ctx) => {
    ctx.set({
      'Cache-Control': `public, max-age=${maxAgeSeconds}`,
      ETag: etag,
      'Access-Control-Allow-Origin': '*',
    });
    ctx.status = 200;
    ctx.type = type;
    // The origin may say 304 to a client that insists on asking it (RFC 9110 section 13.1.2); koa's own check would not.
    if (ctx.get('if-none-match').includes(etag)) ctx.status = 304;
    else ctx.body = body;
  };
}

/** OpenID Connect Discovery 1.0 and RFC 8414 in one document. */
export function issuerMetadata(issuer: string, mutualTls: MutualTls | null): object {
  const authMethods = [...clientAuthMethods, ...mutualTlsMethods(mutualTls)];
  const at = (path: string) => new URL(path.slice(1), issuer).href;
  return {
    issuer,
    authorization_endpoint: at(routes.authorization),
    token_endpoint: at(routes.token),
    jwks_uri: at(routes.jwks),
    userinfo_endpoint: at(routes.userinfo),
    device_authorization_endpoint: at(routes.device_authorization),
    introspection_endpoint: at(routes.introspection),
    revocation_endpoint: at(routes.revocation),
    end_session_endpoint: at(routes.end_session),
    pushed_authorization_request_endpoint: at(routes.pushed_authorization_request),
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'fragment', 'form_post'],
    grant_types_supported: builtGrants,
    code_challenge_methods_supported: ['S256'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
    introspection_endpoint_auth_methods_supported: authMethods.filter((method) => method !== 'none'),
    introspection_signing_alg_values_supported: introspectionAlgorithms,
    revocation_endpoint_auth_methods_supported: authMethods,
    acr_values_supported: [multiFactorAcr, singleFactorAcr],
    scopes_supported: [
      'openid',
      'profile',
      'email',
      'offline_access',
      'wlcg.groups',
      'storage.read:/',
      'storage.create:/',
      'storage.modify:/',
      'storage.stage:/',
      'storage.poll:/',
      'people:read',
      'people:write',
      'scim:read',
      'scim:write',
      'iam:admin.read',
      'iam:admin.write',
      'policy:read',
      'policy:write',
    ],
    claims_supported: [
      ...new Set([...Object.values(claimsByScope).flat(), 'iss', 'aud', 'exp', 'iat', 'acr', 'auth_time', 'nonce']),
    ],
    claims_parameter_supported: true,
    request_parameter_supported: true,
    request_object_signing_alg_values_supported: requestObjectAlgorithms,
    require_signed_request_object: false,
    require_pushed_authorization_requests: false,
    dpop_signing_alg_values_supported: dpopAlgorithms,
    ...(mutualTls && { tls_client_certificate_bound_access_tokens: true }),
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}
