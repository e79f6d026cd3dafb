/** A login from its first proof to its end: what still has to be passed (a second factor, the acceptable use policy), and where it leads. */
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { TicketStore } from '../../accounts/tickets.ts';
import type { Authentication, LoginGoal, PendingLogin } from '../../authentication/authentication.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import { multiFactorAcr, singleFactorAcr } from '../../tokens/profile.ts';
import type { LoginPlace } from '../people.ts';
import { redirect } from '../redirect.ts';
import { agentFamily } from './agent-family.ts';
import type { KnownBrowsers } from './known-browser.ts';

/** Something that stands between the first proof and the end of a login; its page is `/login/<name>`. */
export interface LoginStep {
  readonly name: string;
  /** Asked anew after each step, so that a step passes by changing what it asks about. */
  isDue(pending: PendingLogin): Promise<boolean>;
  /** Whether a session of this login would be sent back here. */
  isLacking(pending: PendingLogin): Promise<boolean>;
}

export interface JourneyDeps {
  readonly provider: Provider;
  readonly sessions: BrowserSessions;
  readonly tickets: TicketStore;
  readonly clock: Clock;
  /** Path of the issuer without its last slash. */
  readonly base: string;
  /** The issuer is served over https. */
  readonly secure: boolean;
  /** In the order in which they are passed. */
  readonly steps: readonly LoginStep[];
  /** Is told every login that came to its end, before anybody can use it. */
  readonly onLogin: (authentication: Authentication, place: LoginPlace) => Promise<void>;
  readonly known: KnownBrowsers;
}

export interface LoginJourney {
  /** After a proof: sends the browser to the next step that is due, or, when none is, to where the login leads. */
  proceed(ctx: Context, pending: PendingLogin): Promise<void>;
  /** The login of this browser that waits for a step; undefined: none, or it took too long. */
  pending(ctx: Context): Promise<PendingLogin | undefined>;
  /** Proves for the forms of a step's page, and for what is asked of its browser, that they are of this login; undefined: there is none. */
  mark(ctx: Context): string | undefined;
  /** Keeps a login that has proved more, so that a page can be shown before it goes on. */
  hold(ctx: Context, pending: PendingLogin): Promise<void>;
  /** For `/interaction/:uid/signed-in`: ends the login that waits there. False: there is none. */
  arrive(ctx: Context, uid: string): Promise<boolean>;
}

const minutes = 15;

export function createLoginJourney(deps: JourneyDeps): LoginJourney {
  const { tickets, clock, base } = deps;
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const cookieName = deps.secure ? '__Host-sluice_login' : 'sluice_login';
  const cookie = { httpOnly: true, sameSite: 'lax', path: '/', secure: deps.secure, signed: false } as const;

  return {
    proceed: async (ctx, pending) => {
      const step = await nextStep(pending);
      if (step !== undefined) {
        await keep(ctx, pending);
        redirect(ctx, `${base}/login/${step.name}`);
        return;
      }
      const { goal } = pending;
      if (goal.kind === 'page') {
        await forget(ctx);
        await arrived(ctx, pending.authentication);
        await deps.sessions.signIn(ctx, loginResult(pending.authentication));
        redirect(ctx, `${base}${goal.path}`);
      } else if (ctx.path.startsWith(`/interaction/${goal.uid}/`)) {
        await finish(ctx, pending);
      } else {
        // The library's cookie of an interaction is seen below its own path only.
        await keep(ctx, pending);
        redirect(ctx, `${base}/interaction/${goal.uid}/signed-in`);
      }
    },

    pending: async (ctx) => {
      const secret = ctx.cookies.get(cookieName, { signed: false });
      const ticket = secret === undefined ? undefined : await tickets.find('login', secret);
      return ticket?.payload as PendingLogin | undefined;
    },

    mark: (ctx) => ctx.state.loginMark ?? ctx.cookies.get(cookieName, { signed: false }),
    hold: (ctx, pending) => keep(ctx, pending),

    arrive: async (ctx, uid) => {
      const secret = ctx.cookies.get(cookieName, { signed: false });
      const pending =
        secret === undefined ? undefined : ((await tickets.find('login', secret))?.payload as PendingLogin);
      if (pending === undefined || pending.goal.kind !== 'interaction' || pending.goal.uid !== uid) return false;
      if ((await nextStep(pending)) !== undefined) return false;
      const redeemed = await tickets.redeem('login', secret as string);
      if (redeemed === undefined) return false;
      ctx.cookies.set(cookieName, null, cookie);
      await finish(ctx, pending);
      return true;
    },
  };

  async function nextStep(pending: PendingLogin): Promise<LoginStep | undefined> {
    for (const step of deps.steps) if (await step.isDue(pending)) return step;
    return undefined;
  }

  async function lacks(pending: PendingLogin): Promise<boolean> {
    for (const step of deps.steps) if (await step.isLacking(pending)) return true;
    return false;
  }

  /** A new secret each time: what an earlier page of this login knew is worth nothing. */
  async function keep(ctx: Context, pending: PendingLogin): Promise<void> {
    await forget(ctx);
    const expiresAt = clock.now() + minutes * 60_000;
    const accountId = pending.authentication.accountId;
    const secret = await tickets.issue({ purpose: 'login', binding: null, accountId, payload: pending, expiresAt });
    ctx.cookies.set(cookieName, secret, cookie);
    ctx.state.loginMark = secret;
  }

  async function forget(ctx: Context): Promise<void> {
    const secret = ctx.cookies.get(cookieName, { signed: false });
    if (secret === undefined) return;
    await tickets.redeem('login', secret);
    ctx.cookies.set(cookieName, null, cookie);
  }

  async function arrived(ctx: Context, authentication: Authentication): Promise<void> {
    await deps.onLogin(authentication, {
      address: ctx.state.address ?? null,
      agent: agentFamily(ctx.get('user-agent')),
    });
    deps.known.remember(ctx, authentication.accountId);
  }

  async function finish(ctx: Context, { authentication: proved, goal }: PendingLogin): Promise<void> {
    const authentication = { ...proved, acr: acrFor(goal, proved.acr) };
    const isTooLittle = authentication.acr !== proved.acr && (await lacks({ authentication, goal }));
    if (!isTooLittle) await arrived(ctx, authentication);
    const result = isTooLittle ? unmet : { login: loginResult(authentication) };
    const target = await deps.provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    redirect(ctx, target);
  }
}

/** The service insists on less than what is asked for here: it would be asked for without end. */
const unmet = {
  error: 'unmet_authentication_requirements',
  error_description: `the acr asked for is too little here, expected ${multiFactorAcr}`,
};

/** A service that insists on a single factor is told of one; two are no less (OpenID Connect Core section 5.5.1.1). */
function acrFor(goal: LoginGoal, acr: string): string {
  if (goal.kind !== 'interaction' || !goal.acrEssential || goal.acrValues.includes(acr)) return acr;
  return acr === multiFactorAcr && goal.acrValues.includes(singleFactorAcr) ? singleFactorAcr : acr;
}

/** In the words of the protocol library. */
function loginResult({ accountId, acr, amr, at }: Authentication) {
  return { accountId, acr, amr: [...amr], ts: Math.floor(at / 1000) };
}
