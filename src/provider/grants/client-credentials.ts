/** Client credentials with a secret (RFC 6749 section 4.4), answered in front of the library: the most frequent request takes the shortest way. */
import type { Context, Middleware } from 'koa';
import { type Credentials, readBasic } from '../../clients/basic-credentials.ts';
import type { RegisteredClient } from '../../clients/client.ts';
import { defaultClientScopes, findForbiddenAudience } from '../../clients/request-rules.ts';
import type { SecretCheck } from '../../clients/secret.ts';
import { askedLifetime } from '../../issuance/asked-lifetime.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { TokenRequest } from '../../issuance/policy-request.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { effectiveAudiences } from '../../tokens/audience.ts';
import { readAudiences } from '../audience-parameter.ts';
import { rememberIssued, rememberRefused } from '../issued.ts';
import { describeRefusal } from '../refusal.ts';
import { answerUnavailable, isUnavailable } from '../unavailable.ts';

const grantType = 'client_credentials';

/** Parameters that may not repeat (RFC 6749 section 3.2). */
const single = ['grant_type', 'scope', 'client_id', 'client_secret'];

/** RFC 6749 section 3.3, any number of them. */
const scopeTokens = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * INVARIANT: only a request that is right in every respect but the policy's is answered here. Whatever is unusual (other
 * ways to authenticate, DPoP, repeated parameters) or wrong goes on to the library, so that there is one source of such errors.
 */
export function clientCredentials(deps: {
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly checkSecret: SecretCheck;
}): Middleware {
  return async (ctx, next) => {
    const form = ctx.state.form as URLSearchParams | undefined;
    if (form?.get('grant_type') !== grantType || ctx.method !== 'POST' || ctx.get('dpop') !== '') return next();
    const client = authenticate(ctx, form, deps);
    const audiences = client && askedAudiences(form, client, deps.snapshots);
    const scopes = client && askedScopes(form, client);
    const lifetime = askedLifetime(form.getAll('expires_in'), deps.snapshots.current().policy.settings);
    if (client === undefined || audiences === undefined || scopes === undefined || !lifetime.ok) return next();
    try {
      const request = { client, account: null, audiences, scopes, lifetimeSeconds: lifetime.value };
      await answer(ctx, request, deps.issuance);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      answerUnavailable(ctx, error);
    }
  };
}

/** Undefined unless one secret was given in one place, and it is that of a client with this grant. */
function authenticate(
  ctx: Context,
  form: URLSearchParams,
  { snapshots, checkSecret }: { readonly snapshots: SnapshotSource; readonly checkSecret: SecretCheck },
): RegisteredClient | undefined {
  const { clients } = snapshots.current();
  if (single.some((name) => form.getAll(name).length > 1) || form.has('client_assertion')) return undefined;
  const credentials = credentialsOf(ctx, form, clients);
  const client = credentials && clients.get(credentials.id);
  if (!client?.secretHash || !client.grantTypes.includes(grantType) || isBound(client)) return undefined;
  if (!client.tokenEndpointAuthMethod.startsWith('client_secret_')) return undefined;
  return checkSecret(client, credentials?.secret ?? '') ? client : undefined;
}

/** Its tokens need the proof of a key, which the library looks at. */
function isBound(client: RegisteredClient): boolean {
  return client.dpopBoundAccessTokens || client.tlsClientCertificateBoundAccessTokens;
}

function credentialsOf(
  ctx: Context,
  form: URLSearchParams,
  clients: ReadonlyMap<string, RegisteredClient>,
): Credentials | undefined {
  const header = ctx.req.headers.authorization;
  const id = form.get('client_id');
  const secret = form.get('client_secret');
  if (header === undefined) return id !== null && secret !== null ? { id, secret } : undefined;
  const credentials = secret === null ? readBasic(header, clients) : undefined;
  return credentials && (id === null || id === credentials.id) ? credentials : undefined;
}

function askedAudiences(form: URLSearchParams, client: RegisteredClient, snapshots: SnapshotSource) {
  const asked = readAudiences(form.getAll('audience'), form.getAll('resource'));
  if (!asked.ok) return undefined;
  const { policy } = snapshots.current();
  if (findForbiddenAudience(client, asked.value, policy) !== undefined) return undefined;
  return effectiveAudiences(asked.value, client.defaultAudience);
}

function askedScopes(form: URLSearchParams, client: RegisteredClient): readonly string[] | undefined {
  const scope = form.get('scope') ?? '';
  if (!scopeTokens.test(scope)) return undefined;
  const asked = [...new Set(scope.split(' ').filter(Boolean))];
  return asked.length > 0 ? asked : defaultClientScopes(client);
}

async function answer(ctx: Context, request: TokenRequest, issuance: Issuance): Promise<void> {
  ctx.state.client = request.client.clientId;
  ctx.state.grant = grantType;
  ctx.set('Cache-Control', 'no-store');
  const result = await issuance.issue(request, {
    flow: grantType,
    address: ctx.state.address ?? null,
    authentication: null,
  });
  if (!result.issued) {
    rememberRefused(ctx, result.decision);
    ctx.status = 400;
    ctx.body = { error: result.decision.error ?? 'invalid_scope', error_description: describeRefusal(result.decision) };
    return;
  }
  rememberIssued(ctx, result.value);
  ctx.body = {
    access_token: result.value.token,
    expires_in: result.value.expiresInSeconds,
    scope: result.value.scope,
    token_type: 'Bearer',
  };
}
