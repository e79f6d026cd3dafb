/** The order in which a request passes: log, path, health, host, tokens of services, headers, API, form, our other routes, the protocol library's. */
import type { EventEmitter } from 'node:events';
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { RedemptionStore } from '../artifacts/redemption.ts';
import type { SecretCheck } from '../clients/secret.ts';
import type { Issuance } from '../issuance/issue.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { routes as paths } from '../provider/configuration.ts';
import { clientCredentials } from '../provider/grants/client-credentials.ts';
import { type IntrospectionEndpointDeps, introspectionEndpoint } from '../provider/introspection.ts';
import type { MutualTls } from '../provider/mutual-tls.ts';
import { redeemWithAnswer } from '../provider/redemption.ts';
import { type RevocationDeps, revocationEndpoint } from '../provider/revocation.ts';
import { type UserinfoDeps, userinfoEndpoint } from '../provider/userinfo.ts';
import { createAttemptLimit } from './attempt-limit.ts';
import { anyOrigin } from './middleware/any-origin.ts';
import { deviceGuesses, limitDeviceGuesses } from './middleware/device-guesses.ts';
import { formBody } from './middleware/form-body.ts';
import { allowMethods, formAsQuery } from './middleware/methods.ts';
import { protocolRequest } from './middleware/protocol-request.ts';
import { type RequestLogDeps, requestLog } from './middleware/request-log.ts';
import { normalisePath, requireHost } from './middleware/request-target.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { health } from './routes/health.ts';
import { type RegistrationDeps, registrationRoutes } from './routes/registration.ts';
import { issuerMetadata, wellKnown } from './routes/well-known.ts';

export interface HttpDeps
  extends RequestLogDeps,
    IntrospectionEndpointDeps,
    RevocationDeps,
    UserinfoDeps,
    RegistrationDeps {
  readonly issuer: string;
  readonly publicJwks: () => object;
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly checkSecret: SecretCheck;
  readonly redemptions: RedemptionStore;
  readonly ready: () => Promise<boolean>;
  readonly certificates: { readonly mutualTls: MutualTls | null; readonly middleware: Middleware | null };
  /** Everything below `/api/v1`. */
  readonly api: Middleware;
  /** SCIM, INDIGO IAM's paths, IVOA group membership. */
  readonly machines: readonly Middleware[];
  /** Turns refusals where people look into pages. */
  readonly errorPages: Middleware;
  /** Pages of our own: home, login, consent, assets. */
  readonly pages: Middleware;
}

/** Puts everything of ours in front of the library's routes; the provider is the koa application. */
export function mountHttp(provider: Provider, deps: HttpDeps): void {
  const protocol = new Set(Object.values(paths));
  const onProtocolPaths = (middleware: Middleware): Middleware => {
    return (ctx, next) => (protocol.has(ctx.path) ? middleware(ctx, next) : next());
  };
  const introspection = introspectionEndpoint(provider, deps);
  const revocation = revocationEndpoint(provider, deps);
  const userinfo = userinfoEndpoint(deps);

  // Koa would print it; what a middleware throws ends in the request log, so these are connections that broke.
  (provider as EventEmitter).on('error', (error: unknown) => deps.log.debug({ err: error }, 'a connection broke'));
  provider.use(requestLog(deps));
  provider.use(normalisePath(deps.issuer));
  provider.use(health(deps.ready));
  provider.use(requireHost(deps.issuer));
  if (deps.certificates.middleware) provider.use(deps.certificates.middleware);
  provider.use(tokenPath(formBody(), clientCredentials(deps)));
  provider.use(securityHeaders(deps.issuer));
  provider.use(deps.api);
  for (const machine of deps.machines) provider.use(machine);
  provider.use(deps.errorPages);
  const mayRegister = () => deps.snapshots.current().registration.allow !== 'nobody';
  const metadata = issuerMetadata(deps.issuer, deps.certificates.mutualTls);
  provider.use(wellKnown(deps.issuer, deps.publicJwks, mayRegister, metadata));
  provider.use(registrationRoutes(deps));
  provider.use(allowMethods());
  provider.use(onProtocolPaths(formBody()));
  provider.use(formAsQuery(deps.issuer));
  provider.use(limitDeviceGuesses(createAttemptLimit({ ...deviceGuesses, clock: deps.clock })));
  provider.use(onProtocolPaths(protocolRequest(deps.snapshots)));
  provider.use(post(paths.token, redeemWithAnswer(deps)));
  provider.use(post(paths.introspection, introspection));
  provider.use(post(paths.revocation, anyOrigin(revocation)));
  provider.use(getOrPost(paths.userinfo, userinfo));
  provider.use(deps.pages);
}

/** The most frequent request is answered before anything that only pages and other endpoints need. */
function tokenPath(form: Middleware, answer: Middleware): Middleware {
  return (ctx, next) => {
    if (ctx.path !== paths.token || ctx.method !== 'POST') return next();
    ctx.set('X-Content-Type-Options', 'nosniff');
    return form(ctx, () => answer(ctx, next));
  };
}

function post(path: string, endpoint: Middleware): Middleware {
  return (ctx, next) => (ctx.path === path && ctx.method === 'POST' ? endpoint(ctx, next) : next());
}

function getOrPost(path: string, endpoint: Middleware): Middleware {
  const methods = new Set(['GET', 'POST']);
  return (ctx, next) => (ctx.path === path && methods.has(ctx.method) ? endpoint(ctx, next) : next());
}
