/** Pages for who is signed in: who it is, what the forms of its pages bring, and what the navigation shows. */
import type { Context } from 'koa';
import { type Account, isUsable, type Role } from '../../accounts/account.ts';
import type { ChangeContext, PeopleActor } from '../../accounts/actor.ts';
import type { PeopleRefusal } from '../../accounts/refusal.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { SecondFactorGate } from '../../authentication/gate.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Csrf } from '../csrf.ts';
import { readPlainForm } from '../form.ts';
import { pagePath } from '../login/page-path.ts';
import { freshMilliseconds } from '../login/second-factor-step.ts';
import { redirect } from '../redirect.ts';
import { errorPage } from './error-page.ts';
import type { MemberFrame } from './models.ts';
import { navigation, sectionLinks } from './navigation.ts';
import type { Pages } from './render.ts';
import { texts } from './texts.ts';

/** Who is signed in, at this request. */
export interface Member {
  readonly account: Account;
  readonly actor: PeopleActor;
  /** Identifier of the browser's session, which no other session ever has. */
  readonly sessionUid: string;
  /** For the hidden field `csrf` of every form on the page. */
  readonly csrf: string;
  /** For `render`: navigation and name. */
  readonly frame: MemberFrame;
}

export interface MemberDeps {
  readonly pages: Pages;
  readonly sessions: BrowserSessions;
  readonly accounts: AccountStore;
  readonly csrf: Csrf;
  readonly clock: Clock;
  /** Paths of the groups that the account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
  readonly addressOf: (ctx: Context) => string | null;
  /** Whether what a session proved is too little for its account. */
  readonly gate: Pick<SecondFactorGate, 'ruleOnAccount'>;
}

export type PageHandler = (ctx: Context, member: Member) => Promise<void>;
export type FormHandler = (ctx: Context, member: Member, form: URLSearchParams) => Promise<void>;

/** `role`: what the account must have; `manager` stands for whoever manages a group. Several: one of them is enough. */
export interface MemberOptions {
  readonly roles?: readonly (Role | 'manager')[];
  /** Only for who signed in a moment ago: others sign in again first. For changes of who may do what, and of how one signs in. */
  readonly fresh?: boolean;
}

export interface MemberPages {
  /** A page: sends who is not signed in to the login and back. */
  page(handler: PageHandler, options?: MemberOptions): (ctx: Context) => Promise<void>;
  /** A form of such a page: only from pages of this server, made for this session. */
  form(handler: FormHandler, options?: MemberOptions): (ctx: Context) => Promise<void>;
}

export function createMemberPages(deps: MemberDeps): MemberPages {
  const { pages, csrf } = deps;

  const admit = async (ctx: Context, options: MemberOptions): Promise<Member | undefined> => {
    const login = await deps.sessions.login(ctx);
    const account = login && (await deps.accounts.findById(login.accountId));
    if (login === undefined || account === undefined || !isUsable(account, deps.clock.now())) {
      redirect(ctx, `${pages.base}/login?to=${encodeURIComponent(pageOf(ctx, pages.base))}`);
      return undefined;
    }
    if (options.fresh && deps.clock.now() - login.at > freshMilliseconds) {
      redirect(ctx, `${pages.base}/login?again=1&to=${encodeURIComponent(pageOf(ctx, pages.base))}`);
      return undefined;
    }
    const manages = await deps.managedBy(account.id);
    const held = new Set<string>([...account.roles, ...(manages.length > 0 ? ['manager'] : [])]);
    if ((await deps.gate.ruleOnAccount(account, login.acr ?? null)) !== undefined) {
      redirect(ctx, `${pages.base}/login/second-factor?to=${encodeURIComponent(pageOf(ctx, pages.base))}`);
      return undefined;
    }
    if (options.roles !== undefined && !options.roles.some((role) => held.has(role))) {
      errorPage(pages, ctx, 403, { code: 'access_denied', description: texts.member.roleNeeded(options.roles) });
      return undefined;
    }
    const { id, username, roles } = account;
    return {
      account,
      actor: { kind: 'user', id, username, roles, mayWrite: true, address: deps.addressOf(ctx) },
      sessionUid: login.uid,
      csrf: csrf.token(binding(login.uid)),
      frame: {
        username,
        navigation: navigation(held, pages.base, ctx.path),
        section: sectionLinks(held, pages.base, ctx.path),
      },
    };
  };

  return {
    page:
      (handler, options = {}) =>
      async (ctx) => {
        const member = await admit(ctx, options);
        if (member !== undefined) await handler(ctx, member);
      },
    form:
      (handler, options = {}) =>
      async (ctx) => {
        const form = await readPlainForm(ctx);
        if (!form.ok) return errorPage(pages, ctx, form.error, { code: 'invalid_request', description: null });
        const member = await admit(ctx, options);
        if (member === undefined) return;
        if (!csrf.accepts(ctx, binding(member.sessionUid), form.value.get('csrf'))) {
          return errorPage(pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
        }
        await handler(ctx, member, form.value);
      },
  };
}

/** The page itself, or the one that the form stood on. */
function pageOf(ctx: Context, base: string): string {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return `${ctx.path}${ctx.search}`;
  const from = URL.parse(ctx.get('referer'));
  const isOurs = from !== null && from.host === ctx.host && from.pathname.startsWith(`${base}/`);
  return isOurs ? pagePath(`${from.pathname.slice(base.length)}${from.search}`) : '/account';
}

function binding(sessionUid: string): string {
  return `page ${sessionUid}`;
}

/** For a use case: who, and the reason that the form gave. */
export function contextOf({ actor }: Member, form: URLSearchParams): ChangeContext {
  return { actor, reason: form.get('reason')?.trim().slice(0, 1000) || null };
}

/** After a form: back to a page that says so once. `said` names a sentence of `texts.said`. */
export function done(ctx: Context, pages: Pages, path: string, said: keyof typeof texts.said): void {
  redirect(ctx, `${pages.base}${path}${path.includes('?') ? '&' : '?'}said=${said}`);
}

/** The sentence that `done` asked for; what is not in the catalogue is not shown. */
export function saidOf(ctx: Context): string | null {
  const said = ctx.query.said;
  return typeof said === 'string' && Object.hasOwn(texts.said, said)
    ? texts.said[said as keyof typeof texts.said]
    : null;
}

/** The status of a page that shows a refused form again. */
export function refusalStatus({ code }: PeopleRefusal): number {
  return { 'not-allowed': 403, 'not-found': 404, taken: 409, conflict: 409, invalid: 422, 'in-use': 409 }[code];
}
