/** What an interaction is about: the stored authorization request, in our words. */
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { errors } from 'oidc-provider';
import type { RegisteredClient } from '../../../clients/client.ts';
import type { SnapshotSource } from '../../../lake/snapshot.ts';
import { decodeAudiences } from '../../../provider/audience-parameter.ts';
import { requestedClaims } from '../../../provider/consent-grant.ts';
import { type RequestedAcr, requestedAcr } from '../../../provider/requested-acr.ts';
import type { Clock } from '../../../shared/clock.ts';
import { effectiveAudiences } from '../../../tokens/audience.ts';

export interface InteractionFacts {
  readonly uid: string;
  readonly prompt: string;
  /** Of the prompt, by the library: why the user is asked. */
  readonly reasons: readonly string[];
  readonly client: RegisteredClient;
  readonly clientName: string;
  /** Scope tokens in the order of the request. */
  readonly scopes: readonly string[];
  readonly resource: string;
  /** As asked, or the client's default. */
  readonly audiences: readonly string[];
  readonly claims: readonly string[];
  readonly acr: RequestedAcr;
  /** Undefined in the device flow. */
  readonly redirectUri: string | undefined;
  readonly loginHint: string;
  /** The provider that the service means (AARC-G061). */
  readonly idpHint: string;
  /** `prompt=login`: a login from before does not count. */
  readonly wantsNewLogin: boolean;
  /** `max_age`: how old a login may be, in seconds. */
  readonly maxAge: number | undefined;
  /** Of the session, once there is one. */
  readonly accountId: string | undefined;
}

export interface FactsDeps {
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** Undefined for an interaction that is unknown, over, or another browser's. */
export async function loadFacts(
  provider: Provider,
  deps: FactsDeps,
  ctx: Context,
  uid: string,
): Promise<InteractionFacts | undefined> {
  const interaction = await findInteraction(provider, ctx);
  if (interaction === undefined || interaction.uid !== uid) return undefined;
  if (interaction.exp * 1000 <= deps.clock.now()) return undefined;
  const { params, prompt } = interaction;
  const client = deps.snapshots.current().clients.get(String(params.client_id));
  if (client === undefined) return undefined;
  const resource = resourceOf(params.resource);
  return {
    uid,
    prompt: prompt.name,
    reasons: prompt.reasons,
    client,
    clientName: client.name ?? client.clientId,
    scopes: [...new Set(stringOf(params.scope).split(' ').filter(Boolean))],
    resource,
    audiences: effectiveAudiences(decodeAudiences(resource), client.defaultAudience),
    claims: requestedClaims(params.claims),
    acr: requestedAcr(params.claims, params.acr_values),
    redirectUri: typeof params.redirect_uri === 'string' ? params.redirect_uri : undefined,
    loginHint: stringOf(params.login_hint).slice(0, 255),
    idpHint: stringOf(params.idp_hint) || stringOf(params.aarc_idp_hint),
    wantsNewLogin: stringOf(params.prompt).split(' ').includes('login'),
    maxAge: params.max_age === undefined ? undefined : Number(params.max_age),
    accountId: interaction.session?.accountId,
  };
}

async function findInteraction(provider: Provider, ctx: Context) {
  try {
    return await provider.interactionDetails(ctx.req, ctx.res);
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return undefined;
    throw error;
  }
}

/** INVARIANT: request normalisation and `defaultResource` leave exactly one. */
function resourceOf(resource: unknown): string {
  const [first] = Array.isArray(resource) ? resource : [resource];
  if (typeof first !== 'string') throw new Error('an interaction without resource indicator');
  return first;
}

function stringOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
