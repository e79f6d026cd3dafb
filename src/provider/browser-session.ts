/** The protocol library's login session of a browser, for pages of ours outside its own flows. */
import type { Context } from 'koa';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';

type Session = Awaited<ReturnType<Provider['Session']['get']>>;

/** What a password login proves. */
interface SessionLogin {
  readonly accountId: string;
  readonly acr: string;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly ts: number;
}

/** The login that a session rests on. */
export interface PresentLogin {
  readonly accountId: string;
  /** Of the session; no other one ever has it. */
  readonly uid: string;
  readonly acr: string | undefined;
  readonly amr: readonly string[];
  /** When it was, in milliseconds since the epoch. */
  readonly at: number;
}

export interface BrowserSessions {
  /** The account that this browser is signed in with. */
  accountId(ctx: Context): Promise<string | undefined>;
  /** The account with the identifier of its session, which no other session ever has. */
  login(ctx: Context): Promise<PresentLogin | undefined>;
  /** Signs the browser in. A new identifier and a new record: nothing of an earlier session is kept (OWASP ASVS 5 V7.2.4). */
  signIn(ctx: Context, login: SessionLogin): Promise<void>;
}

/** How long a session lasts, in seconds. */
export const sessionSeconds = 14 * 86_400;

function sessionCookie(secure: boolean) {
  return { path: '/', httpOnly: true, sameSite: 'lax', signed: true, secure } as const;
}

/** The library shows its device form again in a session that it has not kept, and cannot keep it then: a browser without cookies would get a fault. */
export function installNewSessions(provider: Provider, settings: { readonly secure: boolean }): void {
  const { prototype } = provider.Session;
  const persist = prototype.persist;
  prototype.persist = async function (this: Session) {
    if (this.exp !== undefined) return persist.call(this);
    const { cookies } = (Provider.ctx as KoaContextWithOIDC).oidc;
    const saved = await this.save(sessionSeconds);
    cookies.set(provider.cookieName('session'), this.jti, sessionCookie(settings.secure));
    return saved;
  };
}

export function createBrowserSessions(provider: Provider, settings: { readonly secure: boolean }): BrowserSessions {
  const cookie = sessionCookie(settings.secure);
  const current = (ctx: Context): Promise<Session> => provider.Session.get(ctx as never);
  return {
    accountId: async (ctx) => (await current(ctx)).accountId,
    login: async (ctx) => {
      const { accountId, uid, acr, amr = [], loginTs = 0 } = await current(ctx);
      return accountId === undefined || uid === undefined
        ? undefined
        : { accountId, uid, acr, amr, at: loginTs * 1000 };
    },
    signIn: async (ctx, { accountId, acr, amr, ts }) => {
      const before = await current(ctx);
      if (before.accountId !== undefined) await before.destroy();
      const session = new provider.Session();
      session.loginAccount({ accountId, acr, amr: [...amr], loginTs: ts });
      await session.save(sessionSeconds);
      const { cookies } = provider.createContext(ctx.req, ctx.res);
      cookies.set(provider.cookieName('session'), session.jti, {
        ...cookie,
        expires: new Date((ts + sessionSeconds) * 1000),
      });
    },
  };
}
