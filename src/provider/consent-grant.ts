/** Consents as the protocol library's Grants: made when the user allows, and from a remembered consent without asking (OpenID Connect Core section 3.1.2.4). */
import type Provider from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import { type Consent, type ConsentStore, claimEntry, recall } from '../clients/consent.ts';
import type { Issuance } from '../issuance/issue.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { effectiveAudiences } from '../tokens/audience.ts';
import { claimsByScope, type LoggedInAccount } from './account.ts';
import { decodeAudiences } from './audience-parameter.ts';
import { getClient } from './registered-client.ts';

type Grant = InstanceType<Provider['Grant']>;

/** Scopes that the library judges by itself, beside those of the resource. */
const libraryScopes = new Set(['openid', 'offline_access', 'profile', 'email']);

/** Everything that one request asked for, decided. */
export interface GrantInput {
  readonly accountId: string;
  readonly clientId: string;
  /** The request's one resource indicator, see `audience-parameter.ts`. */
  readonly resource: string;
  /** In the order of the request, which becomes the order in the token (W-GRP-10). */
  readonly granted: readonly string[];
  /** Unticked by the user. */
  readonly refused: readonly string[];
  /** Of the `claims` parameter. */
  readonly claims: readonly string[];
}

/** Returns the id for `consent.grantId` of the interaction's result. INVARIANT: granted and refused are all scopes of the request, else the library asks again. */
export async function saveGrant(provider: Provider, input: GrantInput): Promise<string> {
  const grant = makeGrant(provider, input);
  return grant.save();
}

function makeGrant(provider: Provider, input: GrantInput): Grant {
  const grant = new provider.Grant({ accountId: input.accountId, clientId: input.clientId });
  const granted = input.granted.filter((scope) => libraryScopes.has(scope));
  const refused = input.refused.filter((scope) => libraryScopes.has(scope));
  if (granted.length > 0) grant.addOIDCScope(granted.join(' '));
  if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '));
  if (input.granted.length > 0) grant.addResourceScope(input.resource, input.granted.join(' '));
  if (input.refused.length > 0) grant.rejectResourceScope(input.resource, input.refused.join(' '));
  if (input.claims.length > 0) grant.addOIDCClaims([...input.claims]);
  return grant;
}

/** The audiences of a resource indicator as the key of a consent. */
export function consentAudience(resource: string): string {
  return decodeAudiences(resource).join(' ');
}

const consentClaims: ReadonlySet<string> = new Set(
  Object.values(claimsByScope)
    .flat()
    .filter((claim) => claim !== 'sub'),
);

/** The claims that the `claims` parameter asks for and that need consent (OpenID Connect Core section 5.5); unknown ones are left out. */
export function requestedClaims(parameter: unknown): string[] {
  if (typeof parameter !== 'string') return [];
  const { userinfo, id_token: idToken } = JSON.parse(parameter) as Record<string, object | null | undefined>;
  return [...new Set([...Object.keys(userinfo ?? {}), ...Object.keys(idToken ?? {})])].filter((claim) =>
    consentClaims.has(claim),
  );
}

export interface ExistingGrantDeps {
  readonly consents: ConsentStore;
  readonly snapshots: SnapshotSource;
  readonly preview: Issuance['preview'];
}

/** For the library: the grant just given in this interaction, else one from the remembered consent, else none and the user is asked. */
export function createLoadExistingGrant(deps: ExistingGrantDeps): NonNullable<Configuration['loadExistingGrant']> {
  return async (ctx) => (await justGiven(ctx)) ?? (await remembered(ctx, deps));
}

async function justGiven(ctx: KoaContextWithOIDC): Promise<Grant | undefined> {
  const grantId = ctx.oidc.result?.consent?.grantId;
  return grantId === undefined ? undefined : ofThisRequest(ctx, await ctx.oidc.provider.Grant.find(grantId));
}

/** A user who changed in between decided for themselves only. */
function ofThisRequest(ctx: KoaContextWithOIDC, grant: Grant | undefined): Grant | undefined {
  const { account, client } = ctx.oidc;
  return grant && grant.accountId === account?.accountId && grant.clientId === client?.clientId ? grant : undefined;
}

async function remembered(ctx: KoaContextWithOIDC, deps: ExistingGrantDeps): Promise<Grant | undefined> {
  const { account, client, provider } = ctx.oidc;
  const [resource] = Object.keys(ctx.oidc.resourceServers ?? {});
  if (!account || !client || resource === undefined) return undefined;
  const key = { accountId: account.accountId, clientId: client.clientId, audience: consentAudience(resource) };
  const consent = await deps.consents.find(key);
  const scopes = [...ctx.oidc.requestParamScopes];
  const claims = requestedClaims(ctx.oidc.params?.claims);
  const answer = consent && recall(consent, [...scopes, ...claims.map(claimEntry)]);
  if (answer === undefined || isRefused(ctx, resource, scopesOf(answer), deps)) return undefined;
  return (
    (await ofSession(ctx, resource, answer, claims)) ??
    saved(provider, { ...key, resource, claims, ...scopesOf(answer) })
  );
}

/** What was allowed may be refused now: then the page says why, instead of a service that gets a code for nothing (policy-semantics 4, end). */
function isRefused(
  ctx: KoaContextWithOIDC,
  resource: string,
  { granted, refused }: Consent,
  { preview, snapshots }: ExistingGrantDeps,
): boolean {
  const client = getClient(snapshots, ctx);
  const { account } = ctx.oidc.account as LoggedInAccount;
  const audiences = effectiveAudiences(decodeAudiences(resource), client.defaultAudience);
  return preview({ client, account, audiences, scopes: granted, unticked: refused }).error !== null;
}

/** The session's own grant serves again when it says the same: a portal that renews silently must not leave a row each time. */
async function ofSession(
  ctx: KoaContextWithOIDC,
  resource: string,
  answer: Consent,
  claims: readonly string[],
): Promise<Grant | undefined> {
  const grantId = ctx.oidc.session?.grantIdFor(ctx.oidc.client?.clientId ?? '');
  const grant = grantId === undefined ? undefined : ofThisRequest(ctx, await ctx.oidc.provider.Grant.find(grantId));
  if (grant === undefined) return undefined;
  const { granted, refused } = scopesOf(answer);
  const same =
    grant.getResourceScope(resource) === granted.join(' ') &&
    grant.getRejectedResourceScope(resource) === refused.join(' ') &&
    claims.every((claim) => grant.getOIDCClaims().includes(claim));
  return same ? grant : undefined;
}

async function saved(provider: Provider, input: GrantInput): Promise<Grant> {
  const grant = makeGrant(provider, input);
  await grant.save();
  return grant;
}

function scopesOf({ granted, refused }: Consent): Consent {
  return { granted: granted.filter(isScope), refused: refused.filter(isScope) };
}

function isScope(entry: string): boolean {
  return !entry.startsWith(claimEntry(''));
}
