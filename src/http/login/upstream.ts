/** A login at an upstream provider: the browser goes there with a state of ours, and comes back with a proof that leads to an account. */
import type { Context } from 'koa';
import { isUsable } from '../../accounts/account.ts';
import type { PeopleActor } from '../../accounts/actor.ts';
import { type PeopleAnswer, type PeopleRefusal, refused } from '../../accounts/refusal.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { LoginGoal } from '../../authentication/authentication.ts';
import type { Upstream, UpstreamProof } from '../../federation/upstream.ts';
import type { UpstreamHints } from '../../federation/upstream-client.ts';
import { newUpstreamRequest, type UpstreamRequest } from '../../federation/upstream-request.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import { ok } from '../../shared/result.ts';
import type { People } from '../people.ts';
import { redirect } from '../redirect.ts';
import type { BrowserBinding } from './browser-binding.ts';
import { createEnrolmentProofs } from './enrolment-proof.ts';
import { nestedHint } from './idp-hint.ts';
import type { LoginJourney } from './journey.ts';

/** What the browser is sent to the provider for. */
export type UpstreamPurpose =
  | { readonly kind: 'login'; readonly goal: LoginGoal }
  /** To link what is proved to the account that is signed in here now. */
  | { readonly kind: 'link'; readonly accountId: string; readonly sessionUid: string };

export interface UpstreamLoginDeps {
  readonly issuer: string;
  /** Path of the issuer without its last slash. */
  readonly base: string;
  readonly people: People;
  readonly accounts: AccountStore;
  readonly sessions: BrowserSessions;
  readonly journey: LoginJourney;
  readonly binding: BrowserBinding;
  readonly clock: Clock;
  /** The issuer is served over https. */
  readonly secure: boolean;
}

/** What the provider is told of. */
export interface UpstreamWish extends Omit<UpstreamHints, 'idpHint'> {
  /** A new login there, although there is a session. */
  readonly fresh?: boolean | undefined;
  /** How old a login there may be, in seconds. */
  readonly maxAge?: number | undefined;
  /** As the service gave it: what is nested in a hint to the provider is passed on. */
  readonly hint?: string | undefined;
}

export interface UpstreamLogin {
  /** Sends the browser to the provider; a refusal says why it cannot be used. */
  begin(ctx: Context, name: string, purpose: UpstreamPurpose, wish?: UpstreamWish): Promise<PeopleAnswer<null>>;
  /** For `/upstream/callback/:name`: undefined when the browser is on its way, else what is to be shown. */
  complete(ctx: Context, name: string): Promise<RefusedLogin | undefined>;
  /** The provider that this browser used last. */
  lastUsed(ctx: Context): string | undefined;
}

export interface RefusedLogin {
  readonly refusal: PeopleRefusal;
  /** Path of the page where it was begun. */
  readonly back: string;
}

/** What is kept under the state. */
interface Sent {
  readonly upstream: string;
  readonly issuer: string;
  readonly request: UpstreamRequest;
  readonly purpose: UpstreamPurpose;
}

const minutes = 15;
const yearMilliseconds = 365 * 86_400_000;

export function createUpstreamLogin(deps: UpstreamLoginDeps): UpstreamLogin {
  const { people, clock, base } = deps;
  const { upstreams, upstreamClient, identities, tickets } = people;
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const prefix = deps.secure ? '__Host-' : '';
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure: deps.secure, signed: false } as const;
  const lastCookie = `${prefix}sluice_last`;
  const proofs = createEnrolmentProofs({ tickets, clock, secure: deps.secure });

  return {
    lastUsed: (ctx) => ctx.cookies.get(lastCookie, { signed: false }),

    begin: async (ctx, name, purpose, { fresh = false, maxAge, hint = '', ...wish } = {}) => {
      const upstream = await upstreams.find(name);
      if (upstream === undefined) return refused('not-found', `there is no provider \`${name.slice(0, 100)}\``);
      const request = newUpstreamRequest(clock.now(), { fresh, maxAge });
      const sent: Sent = { upstream: name, issuer: upstream.issuer, request, purpose };
      const state = await tickets.issue({
        purpose: 'upstream',
        binding: deps.binding.establish(ctx),
        accountId: purpose.kind === 'link' ? purpose.accountId : null,
        payload: sent,
        expiresAt: clock.now() + minutes * 60_000,
      });
      const place = { redirectUri: callbackOf(upstream), state };
      const hints = { ...wish, idpHint: nestedHint(upstream, hint) };
      const url = await upstreamClient.begin(upstream, place, request, hints);
      if (!url.ok) return url;
      redirect(ctx, url.value.href);
      return ok(null);
    },

    complete: async (ctx, name) => {
      const state = typeof ctx.query.state === 'string' ? ctx.query.state : '';
      const binding = deps.binding.present(ctx);
      const ticket = binding === undefined ? undefined : await tickets.redeem('upstream', state, binding);
      const sent = ticket?.payload as Sent | undefined;
      // An answer of one provider at the place of another is an attack (mix-up, RFC 9700 section 4.4).
      const here = sent?.upstream === name ? sent : undefined;
      const done: PeopleAnswer<null> =
        here === undefined ? refused('conflict', 'the sign-in was not begun here') : await arrive(ctx, here, state);
      if (done.ok) return undefined;
      return { refusal: done.error, back: here === undefined ? `${base}/login` : beginOf(here.purpose) };
    },
  };

  async function arrive(ctx: Context, sent: Sent, state: string): Promise<PeopleAnswer<null>> {
    const { upstream: name } = sent;
    const upstream = await upstreams.find(name);
    // A code is for who was asked, and not for who has the name now.
    if (upstream?.issuer !== sent.issuer) return refused('not-found', 'the provider is not used any more');
    const url = new URL(callbackOf(upstream));
    url.search = ctx.search;
    const proof = await upstreamClient.complete(upstream, url, state, sent.request);
    if (!proof.ok) return proof;
    ctx.cookies.set(lastCookie, name, { ...options, expires: new Date(clock.now() + yearMilliseconds) });
    return sent.purpose.kind === 'link'
      ? link(ctx, proof.value, sent.purpose)
      : logIn(ctx, upstream, proof.value, sent.purpose.goal);
  }

  /** The service's request is still there to be gone on with, in another way. */
  function beginOf(purpose: UpstreamPurpose): string {
    if (purpose.kind === 'link') return `${base}/account/identities`;
    const { goal } = purpose;
    return goal.kind === 'interaction'
      ? `${base}/interaction/${goal.uid}?choose`
      : `${base}/login?to=${encodeURIComponent(goal.path)}`;
  }

  /** A place of its own for each provider, so that no answer is taken for that of another. */
  function callbackOf({ name }: Upstream): string {
    return new URL(`upstream/callback/${name}`, deps.issuer).href;
  }

  async function logIn(
    ctx: Context,
    upstream: Upstream,
    proof: UpstreamProof,
    goal: LoginGoal,
  ): Promise<PeopleAnswer<null>> {
    const found = await identities.find(proof);
    if (found === undefined && upstream.trusted !== true) {
      const { upstream: name, issuer, subject, emailVerified } = proof;
      const { email = null, ...values } = proof.values;
      await proofs.keep(ctx, { upstream: name, issuer, subject, values, email, emailVerified });
      const to = goal.kind === 'page' ? `?to=${encodeURIComponent(goal.path)}` : '';
      redirect(ctx, `${base}/register-account${to}`);
      return ok(null);
    }
    const accountId = found === undefined ? await makeAccount(proof) : ok(found);
    if (!accountId.ok) return accountId;
    const account = await deps.accounts.findById(accountId.value);
    if (account === undefined || !isUsable(account, clock.now())) {
      return refused('not-allowed', 'this account is suspended or has ended: ask the administrators');
    }
    await identities.noteUse(proof);
    await deps.journey.proceed(ctx, {
      authentication: {
        accountId: account.id,
        acr: proof.acr,
        amr: proof.amr,
        assurance: proof.assurance,
        upstream: proof.upstream,
        // A session there may be old: what needs a new login here must not take it for one.
        at: Math.min(proof.loggedInAt, clock.now()),
        session: await people.upstreamSessions.describe(proof),
      },
      goal,
    });
    return ok(null);
  }

  /** An account at once, for who comes from a trusted provider; nobody's account is taken over, whatever name or address is said. */
  async function makeAccount(proof: UpstreamProof): Promise<PeopleAnswer<string>> {
    const made = await people.newcomers.welcome(proof);
    return made.ok ? ok(made.value) : made;
  }

  /** Only in the session that asked for it, for the account that it is still signed in with. */
  async function link(
    ctx: Context,
    proof: UpstreamProof,
    asked: Extract<UpstreamPurpose, { kind: 'link' }>,
  ): Promise<PeopleAnswer<null>> {
    const login = await deps.sessions.login(ctx);
    const account = login && (await deps.accounts.findById(login.accountId));
    const isSame = login?.accountId === asked.accountId && login.uid === asked.sessionUid;
    if (account === undefined || !isSame) {
      return refused('conflict', 'the browser was signed in to another account, or anew, since this was begun');
    }
    const actor: PeopleActor = { ...userOf(account), address: ctx.state.address ?? null };
    const linked = await identities.link({ actor, reason: null }, account.id, proof);
    if (!linked.ok) return linked;
    redirect(ctx, `${base}/account/identities?said=identityLinked`);
    return ok(null);
  }

  function userOf({ id, username, roles }: { id: string; username: string; roles: PeopleActor['roles'] }) {
    return { kind: 'user' as const, id, username, roles, mayWrite: true };
  }
}
