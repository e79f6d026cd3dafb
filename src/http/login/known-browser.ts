/** The mark of a browser that was signed in to an account before: what others guess elsewhere does not slow it down (ADR 0012). */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Clock } from '../../shared/clock.ts';

export interface KnownBrowsers {
  /** A name of this browser for the account; null: it was never signed in to it, or long ago. */
  nameFor(ctx: Context, accountId: string): string | null;
  /** After a login. */
  remember(ctx: Context, accountId: string): void;
}

const days = 180;
const day = 86_400_000;

/** So many accounts are remembered in one browser: of a shared one, the latest. */
const mostAccounts = 5;

/** Each entry of the cookie is `<random>.<day>.<mac>`; who it is for is only in the mac, so that the cookie tells nothing. */
const entryPattern = /^([\w-]{16})\.(\d{1,6})\.([\w-]{43})$/;

/** The first secret makes marks, all of them are accepted. */
export function createKnownBrowsers(deps: {
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** The issuer is served over https. */
  readonly secure: boolean;
}): KnownBrowsers {
  const cookieName = deps.secure ? '__Host-sluice_known' : 'sluice_known';
  const [newest = ''] = deps.secrets;
  const today = () => Math.floor(deps.clock.now() / day);
  const macOf = (secret: string, accountId: string, random: string, since: string) =>
    createHmac('sha256', secret).update(`known\0${random}\0${since}\0${accountId}`).digest('base64url');
  const entriesOf = (ctx: Context): readonly string[] =>
    (ctx.cookies.get(cookieName, { signed: false }) ?? '').split('~').slice(0, mostAccounts);
  const randomOf = (entry: string, accountId: string): string | null => {
    const [, random, since, mac] = entryPattern.exec(entry) ?? [];
    if (random === undefined || since === undefined || mac === undefined) return null;
    const isLate = Number(since) + days <= today() || Number(since) > today() + 1;
    const fits = deps.secrets.some((secret) => same(macOf(secret, accountId, random, since), mac));
    return fits && !isLate ? random : null;
  };
  return {
    nameFor: (ctx, accountId) => {
      for (const entry of entriesOf(ctx)) {
        const random = randomOf(entry, accountId);
        if (random !== null) return random;
      }
      return null;
    },
    remember: (ctx, accountId) => {
      const others = entriesOf(ctx).filter((entry) => entry !== '' && randomOf(entry, accountId) === null);
      // A new name: what failed under the old one is over with the login.
      const random = randomBytes(12).toString('base64url');
      const since = String(today());
      const entry = `${random}.${since}.${macOf(newest, accountId, random, since)}`;
      ctx.cookies.set(cookieName, [entry, ...others].slice(0, mostAccounts).join('~'), {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: deps.secure,
        signed: false,
        expires: new Date(deps.clock.now() + days * day),
      });
    },
  };
}

function same(expected: string, given: string): boolean {
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
