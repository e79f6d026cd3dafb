/** `/account/security/password`: a new password, for who knows the present one. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, done, type Member } from '../../pages/member.ts';
import { texts } from '../../pages/texts.ts';
import { refusal } from '../interaction/login.ts';

const t = texts.authentication;

const path = '/account/security/password';

interface Refused {
  readonly error: string;
  readonly status: number;
}

export function passwordPages(area: PageArea): Middleware {
  const { pages, member, people, accounts, authenticate } = area;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who), { fresh: true }),
  );
  router.post(
    path,
    member.form(
      async (ctx, who, form) => {
        const { account, sessionUid } = who;
        const wrong = await checkPresent(ctx, who, form.get('current') ?? '');
        if (wrong !== undefined) return show(ctx, who, wrong);
        const password = form.get('password') ?? '';
        if (password !== form.get('again')) return show(ctx, who, { error: t.passwordDiffers, status: 422 });
        const context = contextOf(who, form);
        const changed = await people.security.changePassword(context, account, password, sessionUid);
        if (changed.ok) return done(ctx, pages, '/account/security', 'password-changed');
        await show(ctx, who, { error: t.passwordFaults[changed.error], status: 422 });
      },
      { fresh: true },
    ),
  );
  return router.routes() as unknown as Middleware;

  async function hasPassword(username: string): Promise<boolean> {
    return (await accounts.findByUsername(username))?.passwordHash != null;
  }

  /** Guesses count like those at the login. */
  async function checkPresent(ctx: Context, { account }: Member, password: string): Promise<Refused | undefined> {
    const { username } = account;
    if (!(await hasPassword(username))) return undefined;
    const outcome = await authenticate(ctx, { username, password });
    if (outcome.kind === 'accepted') return undefined;
    return outcome.kind === 'rejected' ? { error: t.passwordWrong, status: 422 } : refusal(ctx, outcome);
  }

  async function show(ctx: Context, { account, csrf, frame }: Member, refused?: Refused): Promise<void> {
    const present = await hasPassword(account.username);
    const secret = { type: 'password', required: true, maxlength: 1024 } as const;
    const fields = [
      ...(present ? [{ ...secret, id: 'current', label: t.passwordCurrent, autocomplete: 'current-password' }] : []),
      { ...secret, id: 'password', label: t.passwordNew, hint: t.passwordHint, autocomplete: 'new-password' },
      { ...secret, id: 'again', label: t.passwordAgain, autocomplete: 'new-password' },
    ];
    const model = { csrf, error: refused?.error ?? null, username: account.username, fields };
    const heading = present ? t.passwordChange : t.passwordMake;
    pages.render(ctx, 'account/password', model, { heading, member: frame, status: refused?.status ?? 200 });
  }
}
