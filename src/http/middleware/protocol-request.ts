/** Puts protocol requests into the form that the library understands: one `resource`, percent-encoded Basic credentials (oidc-provider-notes 13b, 14). */
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';
import { normaliseBasic, readBasic } from '../../clients/basic-credentials.ts';
import { askedLifetime } from '../../issuance/asked-lifetime.ts';
import type { LakeSnapshot, SnapshotSource } from '../../lake/snapshot.ts';
import { decodeAudiences, encodeAudiences, readAudiences } from '../../provider/audience-parameter.ts';
import { routes } from '../../provider/configuration.ts';
import { rememberNarrowing } from '../../provider/narrowing.ts';
import { printable } from '../../provider/refusal.ts';
import { rememberLifetime } from '../../provider/requested-lifetime.ts';
import { deviceCodeGrant } from '../../tokens/profile.ts';

/** For the routes of the library that take parameters. */
export function protocolRequest(snapshots: SnapshotSource): Middleware {
  return async (ctx, next) => {
    const form = ctx.state.form as URLSearchParams | undefined;
    const parameters = form ?? ctx.URL.searchParams;
    tidyScope(parameters);
    const fault = collectAudiences(parameters);
    // At /authorize the library refuses it too, and tells the application.
    if (fault !== undefined && ctx.path !== routes.authorization) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_target', error_description: fault };
      return;
    }
    const lifetimeFault = keepLifetime(ctx, parameters, snapshots);
    if (lifetimeFault !== undefined) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: lifetimeFault };
      return;
    }
    keepNarrowing(ctx, parameters);
    if (form) dropEmptySecret(ctx.req, form, snapshots.current().clients);
    if (form) replaceBody(ctx.req, form);
    else if (ctx.querystring !== '') ctx.querystring = parameters.toString();
    const header = ctx.req.headers.authorization;
    if (header) ctx.req.headers.authorization = normaliseBasic(header, snapshots.current().clients);
    await next();
    nameClientErrors(ctx);
  };
}

/** `audience` and `resource` become one indicator; without either the client's default applies later. */
function collectAudiences(parameters: URLSearchParams): string | undefined {
  const audience = parameters.getAll('audience');
  const resource = parameters.getAll('resource').filter((value) => value !== '');
  parameters.delete('audience');
  const asked = readAudiences(audience, resource);
  if (!asked.ok) return printable(asked.error);
  parameters.delete('resource');
  if (asked.value.length > 0) parameters.set('resource', encodeAudiences(asked.value));
  return undefined;
}

const codeGrants: readonly unknown[] = ['authorization_code', deviceCodeGrant];

/** RFC 8707 section 2.2: with a code, audiences narrow those of its request. The library would only compare indicators, so it does not get this one. */
function keepNarrowing(ctx: Context, parameters: URLSearchParams): void {
  const resource = parameters.get('resource');
  if (resource === null || !codeGrants.includes(parameters.get('grant_type'))) return;
  parameters.delete('resource');
  rememberNarrowing(ctx, decodeAudiences(resource));
}

/** Undefined unless `expires_in` is wrong. */
function keepLifetime(ctx: Context, parameters: URLSearchParams, snapshots: SnapshotSource): string | undefined {
  if (ctx.path !== routes.token) return undefined;
  const asked = askedLifetime(parameters.getAll('expires_in'), snapshots.current().policy.settings);
  if (!asked.ok) return asked.error;
  rememberLifetime(ctx, asked.value);
  return undefined;
}

/** Clients join scopes with spaces to spare; a repeated parameter stays as it is and is refused. */
function tidyScope(parameters: URLSearchParams): void {
  const [scope, ...more] = parameters.getAll('scope');
  if (scope !== undefined && more.length === 0) parameters.set('scope', scope.split(' ').filter(Boolean).join(' '));
}

/** Programs that insist on a secret send an empty one for a public client, as oidc-agent does: it says nothing. */
function dropEmptySecret(req: IncomingMessage, form: URLSearchParams, clients: LakeSnapshot['clients']): void {
  if (form.get('client_secret') === '') form.delete('client_secret');
  const given = readBasic(req.headers.authorization ?? '', clients);
  if (given?.secret !== '' || clients.get(given.id)?.tokenEndpointAuthMethod !== 'none') return;
  if ((form.get('client_id') ?? given.id) !== given.id) return;
  delete req.headers.authorization;
  form.set('client_id', given.id);
}

/** The library reads the stream itself; it is handed the form as if it had come so. */
function replaceBody(req: IncomingMessage, form: URLSearchParams): void {
  const body = Buffer.from(form.toString());
  req.headers['content-length'] = String(body.length);
  delete req.headers['transfer-encoding'];
  Object.defineProperty(req, 'readable', { value: true });
  Object.defineProperty(req, 'iterator', {
    value: async function* () {
      yield body;
    },
  });
}

/** RFC 6749 section 5.2 has names for what the library calls `invalid_request`: a grant that the client may not use, and no client at all. */
function nameClientErrors(ctx: Context): void {
  const body = ctx.body as { error?: string; error_description?: string } | undefined;
  if (body?.error !== 'invalid_request') return;
  if (body.error_description?.endsWith(' is not allowed for this client')) {
    ctx.body = { ...body, error: 'unauthorized_client' };
  } else if (body.error_description === 'no client authentication mechanism provided') {
    ctx.status = 401;
    ctx.set('WWW-Authenticate', 'Basic realm="sluice"');
    ctx.body = { ...body, error: 'invalid_client' };
  }
}
