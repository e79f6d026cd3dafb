/** Logouts at upstream providers: one there after one here, where the user wants it, and one here when one there is told. */
import type { Context } from 'koa';
import type { AccountSessions } from '../../accounts/account-sessions.ts';
import { systemActor } from '../../accounts/actor.ts';
import type { PeopleAnswer } from '../../accounts/refusal.ts';
import { refused } from '../../accounts/refusal.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { Clock } from '../../shared/clock.ts';
import { ok } from '../../shared/result.ts';
import type { People } from '../people.ts';
import type { BrowserBinding } from './browser-binding.ts';

export interface UpstreamLogoutDeps {
  readonly issuer: string;
  readonly people: Pick<People, 'upstreams' | 'upstreamClient' | 'upstreamSessions' | 'tickets'>;
  readonly artifacts: Pick<ArtifactStore, 'insert'>;
  readonly binding: BrowserBinding;
  readonly clock: Clock;
}

/** The login that a session of the browser rests on; `authTime` in seconds since the epoch. */
export interface RestsOn {
  readonly accountId: string;
  readonly authTime: number;
}

export interface UpstreamLogouts {
  /** The provider where the login was, if a logout is possible there: asked for at once, so a provider that is slow has none. */
  offer(login: RestsOn): Promise<{ readonly title: string; readonly url: URL } | undefined>;
  /** Where the browser ends the session there, to be sent back to `then`; undefined: nowhere. */
  begin(ctx: Context, login: RestsOn, then: string): Promise<URL | undefined>;
  /** Where the browser was to go after the logout there; undefined: it was not begun in this browser. */
  complete(ctx: Context, state: string): Promise<string | undefined>;
  /** What a provider tells in a logout token (OpenID Connect Back-Channel Logout 1.0 section 2.8): answers how many sessions ended. */
  told(ctx: Context, name: string, token: string, sessions: AccountSessions): Promise<PeopleAnswer<number>>;
}

const minutes = 15;

/** Nobody waits longer for a page that only offers more. */
const offerMilliseconds = 2000;

export function createUpstreamLogouts({
  issuer,
  people,
  artifacts,
  binding,
  clock,
}: UpstreamLogoutDeps): UpstreamLogouts {
  const { upstreams, upstreamClient, upstreamSessions, tickets } = people;
  const returnTo = new URL('upstream/signed-out', issuer).href;

  const placeOf = async ({ accountId, authTime }: RestsOn, state?: string) => {
    const hint = await upstreamSessions.hintFor(accountId, authTime);
    const upstream = hint && (await upstreams.find(hint.upstream));
    if (hint === undefined || upstream === undefined || upstream.logout === false) return undefined;
    const place = { idToken: hint.idToken, returnTo, ...(state !== undefined && { state }) };
    const url = await upstreamClient.logoutUrl(upstream, place);
    return url && { title: upstream.title, url };
  };

  return {
    offer: async (login) => {
      const late = Promise.withResolvers<undefined>();
      const timer = setTimeout(late.resolve, offerMilliseconds, undefined);
      const offered = await Promise.race([placeOf(login), late.promise]);
      clearTimeout(timer);
      return offered;
    },

    begin: async (ctx, login, then) => {
      const state = await tickets.issue({
        purpose: 'upstream-logout',
        binding: binding.establish(ctx),
        accountId: null,
        payload: { then },
        expiresAt: clock.now() + minutes * 60_000,
      });
      return (await placeOf(login, state))?.url;
    },

    complete: async (ctx, state) => {
      const held = binding.present(ctx);
      const ticket = held === undefined ? undefined : await tickets.redeem('upstream-logout', state, held);
      return (ticket?.payload as { then: string } | undefined)?.then;
    },

    told: async (ctx, name, token, sessions) => {
      const upstream = await upstreams.find(name);
      if (upstream === undefined) return refused('not-found', 'there is no such provider');
      const ended = await upstreamClient.verifyLogout(upstream, token);
      if (!ended.ok) return ended;
      // A token that came twice must not end a session that began in between.
      const { id, expiresAt } = ended.value;
      if (!(await artifacts.insert('ReplayDetection', `upstream-logout ${name} ${id}`, {}, expiresAt))) {
        return refused('conflict', 'the logout token was used before');
      }
      const context = {
        actor: { ...systemActor('upstream'), address: ctx.state.address ?? null },
        reason: `signed out at ${upstream.title}`,
      };
      let count = 0;
      for (const { accountId, authTime } of await upstreamSessions.loginsOf(name, ended.value)) {
        count += await sessions.endOfLogin(context, accountId, authTime);
      }
      return ok(count);
    },
  };
}
