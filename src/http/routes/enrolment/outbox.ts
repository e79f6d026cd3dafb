/** `/admin/outbox`: mails that wait, were sent or failed, and what waits for webhooks. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { OutboxEntry } from '../../../mail/outbox.ts';
import type { PageArea } from '../../pages/area.ts';
import { errorPage } from '../../pages/error-page.ts';
import { contextOf, done, type Member, refusalStatus, saidOf } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf, searchOf } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.outbox;
const path = '/admin/outbox';
const readers = { roles: ['admin', 'reader'] } as const;
const writers = { roles: ['admin'] } as const;

export function outboxPages({ pages, member, people }: PageArea): Middleware {
  const { outbox } = people;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who), readers),
  );
  router.post(
    `${path}/:id/retry`,
    member.form(async (ctx, who, form) => {
      const retried = await outbox.retry(contextOf(who, form), String(ctx.params.id));
      if (!retried.ok) return refuse(ctx, refusalStatus(retried.error), retried.error.message);
      done(ctx, pages, path, 'mail-retried');
    }, writers),
  );
  router.post(
    `${path}/:id/give-up`,
    member.form(async (ctx, who, form) => {
      const given = await outbox.giveUp(contextOf(who, form), String(ctx.params.id));
      if (!given.ok) return refuse(ctx, refusalStatus(given.error), given.error.message);
      done(ctx, pages, path, 'mail-given-up');
    }, writers),
  );
  return router.routes() as unknown as Middleware;

  function refuse(ctx: Context, status: number, description: string): void {
    errorPage(pages, ctx, status, { code: 'conflict', description });
  }

  async function show(ctx: Context, { actor, csrf, frame }: Member): Promise<void> {
    const state = stateOf(ctx.query.state);
    const search = searchOf(ctx, pages.base, t.recipient);
    const listed = await outbox.list(actor, { state, search: search.value.replaceAll('\0', '') }, pageOf(ctx));
    const items = listed.ok ? listed.value.items : [];
    const model = {
      csrf,
      action: `${pages.base}${path}`,
      said: saidOf(ctx),
      mayWrite: actor.roles.includes('admin'),
      isUnset: !outbox.isSending,
      tabs: (['waiting', 'failed', 'sent'] as const).map((name) => ({
        href: `${pages.base}${path}?state=${name}`,
        label: t.states[name],
        current: name === state,
      })),
      search,
      isWaiting: state === 'waiting',
      hasErrors: items.some(({ error }) => error !== null),
      mails: items.map(shown),
      webhooks: await outbox.webhooks(actor),
      pager: pagerOf(ctx, pages.base, listed.ok ? listed.value.next : null),
    };
    pages.render(ctx, 'enrolment/outbox', model, { heading: t.title, member: frame });
  }
}

function stateOf(value: unknown): OutboxEntry['state'] {
  return value === 'sent' || value === 'failed' ? value : 'waiting';
}

function shown({ createdAt, nextAttemptAt, settledAt, ...entry }: OutboxEntry) {
  return {
    ...entry,
    written: instantText(createdAt),
    next: nextAttemptAt === null ? null : instantText(nextAttemptAt),
    settled: settledAt === null ? null : instantText(settledAt),
  };
}
