/** `/forgotten-password`: a link by mail, with which a new password is set; the answer is the same for every name. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { networkOf } from '../../client-network.ts';
import { createHourlyLimit } from '../../hourly-limit.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Field } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';
import { createVisitorForms } from '../../pages/visitor.ts';
import { redirect } from '../../redirect.ts';

const t = texts.forgotten;
const path = '/forgotten-password';

/** Forms within an hour: of one network, and of all together. */
const mostOfOne = 20;
const mostOfAll = 2000;

/** New passwords within an hour of one network: a hash is slow to make. */
const mostPasswords = 60;

export function forgottenPasswordPages(area: PageArea): Middleware {
  const { pages, people, clock } = area;
  const { passwordReset } = people;
  const forms = createVisitorForms(area, 'forgotten');
  const asked = createHourlyLimit(clock, mostOfOne, mostOfAll);
  const set = createHourlyLimit(clock, mostPasswords, mostOfAll);
  const router = new Router();

  router.get(path, async (ctx) => showAsk(ctx, null, 200));
  router.post(path, async (ctx) => {
    const form = await forms.read(ctx);
    if (form === undefined) return;
    const wait = asked.take(networkOf(addressOf(ctx)));
    if (wait !== undefined) return showAsk(ctx, later(ctx, wait), 429);
    passwordReset.ask((form.get('login') ?? '').trim().slice(0, 254));
    redirect(ctx, `${pages.base}${path}/sent`);
  });
  router.get(`${path}/sent`, async (ctx) => note(ctx, t.sentTitle, t.sent));
  router.get(`${path}/new`, async (ctx) => {
    await showNew(ctx, typeof ctx.query.token === 'string' ? ctx.query.token : '', null, 200);
  });
  router.post(`${path}/new`, async (ctx) => {
    const form = await forms.read(ctx);
    if (form === undefined) return;
    const token = form.get('token') ?? '';
    const password = form.get('password') ?? '';
    if (password !== form.get('again')) return showNew(ctx, token, { again: t.differ }, 422);
    const wait = set.take(networkOf(addressOf(ctx)));
    if (wait !== undefined) return showNew(ctx, token, { problem: later(ctx, wait) }, 429);
    const done = await passwordReset.set(token, password, addressOf(ctx));
    if (done.ok) return redirect(ctx, `${pages.base}${path}/done?to=${encodeURIComponent(done.value.to)}`);
    if (done.error === 'unknown') return gone(ctx);
    await showNew(ctx, token, { password: texts.authentication.passwordFaults[done.error] }, 422);
  });
  router.get(`${path}/done`, async (ctx) => {
    const to = typeof ctx.query.to === 'string' ? `?to=${encodeURIComponent(ctx.query.to)}` : '';
    note(ctx, t.doneTitle, t.done, 200, { href: `${pages.base}/login${to}`, label: texts.enrolment.signIn });
  });
  return router.routes() as unknown as Middleware;

  function showAsk(ctx: Context, error: string | null, status: number): void {
    const model = { csrf: forms.csrf(ctx), action: `${pages.base}${path}`, error };
    pages.render(ctx, 'enrolment/forgotten', model, { heading: t.title, status });
  }

  async function showNew(
    ctx: Context,
    token: string,
    faults: { readonly password?: string; readonly again?: string; readonly problem?: string } | null,
    status: number,
  ): Promise<void> {
    const found = await passwordReset.find(token);
    if (found === undefined) return gone(ctx);
    const shared = { type: 'password', required: true, autocomplete: 'new-password', maxlength: 1024 } as const;
    const fields: readonly Field[] = [
      {
        ...shared,
        ...{
          id: 'password',
          label: t.password,
          hint: texts.authentication.passwordHint,
          error: faults?.password ?? null,
        },
      },
      { ...shared, id: 'again', label: t.again, error: faults?.again ?? null },
    ];
    const action = `${pages.base}${path}/new`;
    const model = {
      csrf: forms.csrf(ctx),
      action,
      error: faults?.problem ?? null,
      username: found.username,
      token,
      fields,
    };
    pages.render(ctx, 'enrolment/new-password', model, { heading: t.newTitle, status });
  }

  function later(ctx: Context, seconds: number): string {
    ctx.set('Retry-After', String(seconds));
    return texts.enrolment.busy;
  }

  function gone(ctx: Context): void {
    const link = { href: `${pages.base}${path}`, label: t.title };
    note(ctx, texts.enrolment.goneTitle, texts.enrolment.gone, 404, link);
  }

  function note(
    ctx: Context,
    heading: string,
    text: string,
    status = 200,
    link: { readonly href: string; readonly label: string } | null = null,
  ): void {
    pages.render(ctx, 'enrolment/note', { text, link }, { heading, status });
  }
}

function addressOf(ctx: Context): string | null {
  return (ctx.state.address as string | null | undefined) ?? null;
}
