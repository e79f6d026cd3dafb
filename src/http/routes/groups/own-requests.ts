/** `/groups/requests`: what one asked for, and the answers. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { GroupRequest } from '../../../groups/requests.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.groups;
const path = '/groups/requests';

export function ownRequestPages({ pages, member, people }: PageArea): Middleware {
  const { groupRequests } = people;
  const router = new Router();

  function rowOf({ id, groupPath, kind, state, createdAt, answer }: GroupRequest): Row {
    const button = {
      action: `${pages.base}${path}/withdraw`,
      hidden: [['request', id] as const],
      label: t.withdraw,
      name: t.withdrawName(groupPath),
    };
    return {
      head: { text: groupPath, note: t.kinds[kind], ...(state === 'pending' && { button }) },
      cells: [{ badge: t.states[state] }, instantText(createdAt), answer ?? ''],
    };
  }

  async function show(ctx: Context, who: Member, problem: { error: string; status: number } | null = null) {
    const found = await groupRequests.list(who.actor, { accountId: who.account.id }, pageOf(ctx));
    const page = found.ok ? found.value : { items: [], next: null };
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.requests,
      blocks: [
        {
          kind: 'table',
          columns: [t.group, t.state, t.asked, t.answer],
          rows: page.items.map(rowOf),
          empty: t.noRequests,
        },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
      ],
      ...problem,
    });
  }

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who)),
  );
  router.post(
    `${path}/withdraw`,
    member.form(async (ctx, who, form) => {
      const withdrawn = await groupRequests.withdraw(contextOf(who, form), form.get('request') ?? '');
      if (withdrawn.ok) return done(ctx, pages, path, 'group-withdrawn');
      await show(ctx, who, { error: withdrawn.error.message, status: refusalStatus(withdrawn.error) });
    }),
  );
  return router.routes() as unknown as Middleware;
}
