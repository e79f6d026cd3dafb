/** Dynamic client registration (RFC 7591) and its management (RFC 7592), at our path and at INDIGO's. */
import type { Context, Middleware } from 'koa';
import { isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { SecondFactorGate } from '../../authentication/gate.ts';
import type { RegistrationRefusal } from '../../clients/registration.ts';
import type { ClientInformation, ClientRegistrations, RegistrationOwner } from '../../clients/registrations.ts';
import type { OwnToken, OwnTokenVerifier } from '../../issuance/verify.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { anyAudience } from '../../policy/audience.ts';
import { isProvenBearer } from '../../provider/sender-constraint.ts';
import type { Clock } from '../../shared/clock.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { readJson } from '../api/json-body.ts';
import { statusOf } from '../api/problem.ts';
import { networkOf } from '../client-network.ts';
import { createHourlyLimit } from '../hourly-limit.ts';

/** The one in the discovery document, and where services configured for INDIGO look. */
export const registrationPath = '/register';
const paths = [registrationPath, '/iam/api/client-registration'];

/** Registrations within an hour: of one account or address, and of all together. */
const mostOfOne = 20;
const mostOfAll = 500;

export interface RegistrationDeps {
  readonly issuer: string;
  readonly registrations: ClientRegistrations;
  readonly verifier: OwnTokenVerifier;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
  readonly gate: Pick<SecondFactorGate, 'ruleOnAccount'>;
}

/** By method. */
type Handlers = Readonly<Record<string, (ctx: Context) => Promise<void> | void>>;

export function registrationRoutes(deps: RegistrationDeps): Middleware {
  const limit = createHourlyLimit(deps.clock, mostOfOne, mostOfAll);
  const allow = () => deps.snapshots.current().registration.allow;

  return async (ctx, next) => {
    const found = match(ctx.path);
    if (found === undefined) return next();
    ctx.state.route = found.clientId === undefined ? registrationPath : `${registrationPath}/{clientId}`;
    ctx.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
    const handlers: Handlers = found.clientId === undefined ? { POST: register } : management(found.clientId);
    const handle = Object.hasOwn(handlers, ctx.method) ? handlers[ctx.method] : undefined;
    if (handle === undefined) {
      ctx.set('Allow', Object.keys(handlers).join(', '));
      return refuse(ctx, 405, 'invalid_request', `${ctx.method} is not allowed here`);
    }
    await handle(ctx);
  };

  async function register(ctx: Context): Promise<void> {
    if (allow() === 'nobody') {
      return refuse(ctx, 403, 'access_denied', 'clients are registered by the administrators of this issuer');
    }
    const owner = await ownerOf(ctx);
    if (!owner.ok) return challenge(ctx, owner.error);
    const key =
      owner.value === null ? `address:${networkOf(ctx.state.address ?? null)}` : `account:${owner.value.accountId}`;
    const wait = limit.take(key);
    if (wait !== undefined) {
      ctx.set('Retry-After', String(wait));
      return refuse(ctx, 429, 'temporarily_unavailable', 'too many clients were registered within an hour');
    }
    const registered = await withBody(ctx, (json) => deps.registrations.register(json, owner.value));
    if (registered === undefined) limit.giveBack(key);
    else answer(ctx, 201, registered);
  }

  function management(clientId: string): Handlers {
    const unknown = (ctx: Context) => challenge(ctx, 'expected the registration access token of this client');
    return {
      GET: async (ctx: Context) => {
        const token = bearer(ctx);
        const found = token && (await deps.registrations.read(clientId, token));
        return found ? answer(ctx, 200, found) : unknown(ctx);
      },
      PUT: async (ctx: Context) => {
        const token = bearer(ctx);
        if (!token || !(await deps.registrations.read(clientId, token))) return unknown(ctx);
        if (allow() === 'nobody') {
          return refuse(ctx, 403, 'access_denied', 'clients are changed by the administrators of this issuer');
        }
        let gone = false;
        const updated = await withBody(ctx, async (json) => {
          const result = await deps.registrations.update(clientId, token, json);
          gone = result === undefined;
          return result ?? err({ error: 'invalid_client_metadata', description: 'the client has gone' });
        });
        if (gone) unknown(ctx);
        else if (updated !== undefined) answer(ctx, 200, updated);
      },
      DELETE: async (ctx: Context) => {
        const token = bearer(ctx);
        if (!token || !(await deps.registrations.remove(clientId, token))) return unknown(ctx);
        ctx.status = 204;
      },
    };
  }

  /** Null: nobody in particular; the error says what was expected. */
  async function ownerOf(ctx: Context): Promise<Result<RegistrationOwner | null, string>> {
    const token = bearer(ctx);
    if (token === undefined) {
      return allow() === 'anyone' ? ok(null) : err('expected an access token of a user as initial access token');
    }
    const claims = await deps.verifier.verify(token);
    if (claims === undefined || !isOfLogin(claims) || !isProvenBearer(ctx, claims.cnf)) {
      return err('the initial access token is not valid here');
    }
    return accountOf(claims);
  }

  async function accountOf({ sub, acr }: OwnToken): Promise<Result<RegistrationOwner, string>> {
    const account = await deps.accounts.findById(sub);
    if (account === undefined || !isUsable(account, deps.clock.now())) {
      return err('expected an access token of a user as initial access token');
    }
    const rule = await deps.gate.ruleOnAccount(account, typeof acr === 'string' ? acr : null);
    if (rule !== undefined && account.kind !== 'service') {
      return err(`expected an initial access token of a login with a second factor (rule: ${rule})`);
    }
    return ok({ accountId: account.id, username: account.username });
  }

  /** For this server, and not handed on: a service that acts for a user registers nothing in their name. */
  function isOfLogin({ aud, act, client_id }: OwnToken): boolean {
    const isForUs = [aud ?? []].flat().some((audience) => audience === deps.issuer || audience === anyAudience);
    return isForUs && act === undefined && deps.snapshots.current().clients.has(client_id);
  }
}

function match(path: string): { readonly clientId?: string } | undefined {
  for (const base of paths) {
    if (path === base || path === `${base}/`) return {};
    if (!path.startsWith(`${base}/`)) continue;
    const clientId = path.slice(base.length + 1);
    return /^[A-Za-z0-9._~-]{1,255}$/.test(clientId) ? { clientId } : undefined;
  }
  return undefined;
}

function bearer(ctx: Context): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/-]{1,16384}=*) *$/i.exec(ctx.get('authorization'))?.[1];
}

/** Undefined: it was refused, and the answer says so. */
async function withBody(
  ctx: Context,
  use: (json: unknown) => Promise<Result<ClientInformation, RegistrationRefusal>>,
): Promise<ClientInformation | undefined> {
  const body = await readJson(ctx);
  if (!body.ok) {
    refuse(ctx, statusOf(body.error), 'invalid_client_metadata', body.error.detail);
    return undefined;
  }
  const result = await use(body.value);
  if (result.ok) return result.value;
  refuse(ctx, 400, result.error.error, result.error.description);
  return undefined;
}

function answer(ctx: Context, status: 200 | 201, information: ClientInformation): void {
  ctx.status = status;
  ctx.body = information;
}

function refuse(ctx: Context, status: number, error: string, description: string): void {
  ctx.status = status;
  ctx.body = { error, error_description: description };
}

/** RFC 6750 section 3: without a token, no error code. */
function challenge(ctx: Context, description: string): void {
  const header =
    ctx.get('authorization') === '' ? 'Bearer realm="sluice"' : 'Bearer realm="sluice", error="invalid_token"';
  ctx.set('WWW-Authenticate', header);
  refuse(ctx, 401, 'invalid_token', description);
}
