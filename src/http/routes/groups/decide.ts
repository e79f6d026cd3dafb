/** `/manage/requests`: requests for memberships, and the decision about each. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { refused } from '../../../accounts/refusal.ts';
import type { GroupRequest } from '../../../groups/requests.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { instantOf, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import type { RefusedForm } from './group-list.ts';

const t = texts.groups;
const path = '/manage/requests';
const readers = { roles: ['manager', 'admin', 'reader'] } as const;
const managers = { roles: ['manager', 'admin'] } as const;

export function decidePages({ pages, member, people }: PageArea): Middleware {
  const { groupRequests } = people;
  const router = new Router();
  const hrefOf = ({ id }: GroupRequest) => `${pages.base}${path}/${id}`;

  async function showList(ctx: Context, who: Member): Promise<void> {
    const found = await groupRequests.list(who.actor, { state: 'pending' }, pageOf(ctx));
    const page = found.ok ? found.value : { items: [], next: null };
    const rows = page.items.map((request) => ({
      head: { href: hrefOf(request), text: request.username, note: request.name ?? '' },
      cells: [request.groupPath, t.kinds[request.kind], request.note ?? '', instantText(request.createdAt)],
    }));
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.decideTitle,
      lead: t.decideLead,
      blocks: [
        { kind: 'table', columns: [t.who, t.group, t.kind, t.note, t.asked], rows, empty: t.nothingWaits },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
      ],
    });
  }

  async function showOne(ctx: Context, who: Member, again: RefusedForm | null = null): Promise<void> {
    const found = await groupRequests.get(who.actor, String(ctx.params.request));
    if (!found.ok) {
      const { message } = found.error;
      const blocks: Block[] = [];
      return showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.decideTitle,
        error: message,
        status: 404,
        blocks,
      });
    }
    const request = found.value;
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.decideOne(request.username, request.groupPath),
      blocks: [
        {
          kind: 'facts',
          facts: [
            [t.name, request.name ?? ''],
            [t.email, request.email ?? ''],
            [t.kind, t.kinds[request.kind]],
            [t.note, request.note ?? ''],
            [t.asked, instantText(request.createdAt)],
            [t.state, { badge: t.states[request.state] }],
          ],
        },
        ...(request.state === 'pending' ? decision(request, again) : []),
      ],
      ...(again && { error: again.refusal.message, status: refusalStatus(again.refusal) }),
    });
  }

  function decision(request: GroupRequest, again: RefusedForm | null): Block[] {
    const typed = (name: string) => again?.form.get(name) ?? '';
    const until = { id: 'until', label: t.membershipEnd, hint: t.times, type: 'datetime-local' } as const;
    const answer = { label: t.answer, name: 'reason', hint: t.told, maxlength: 1000, value: typed('reason') };
    return [
      { kind: 'heading', text: t.approve },
      {
        ...{ kind: 'form', method: 'post', action: `${hrefOf(request)}/approve`, submit: t.approve },
        fields: [
          { ...until, value: typed('until') },
          { ...answer, id: 'approve-reason' },
        ],
      },
      { kind: 'heading', text: t.refuse },
      {
        ...{ kind: 'form', method: 'post', action: `${hrefOf(request)}/refuse`, submit: t.refuse, danger: true },
        fields: [{ ...answer, id: 'refuse-reason', required: true }],
      },
    ];
  }

  router.get(
    path,
    member.page((ctx, who) => showList(ctx, who), readers),
  );
  router.get(
    `${path}/:request`,
    member.page((ctx, who) => showOne(ctx, who), readers),
  );
  router.post(
    `${path}/:request/approve`,
    member.form(async (ctx, who, form) => {
      const text = form.get('until')?.trim() ?? '';
      const until = text === '' ? null : instantOf(text);
      const context = contextOf(who, form);
      const answer =
        until === undefined
          ? refused('invalid', t.badInstant, 'until')
          : await groupRequests.approve(context, String(ctx.params.request), { from: null, until });
      if (!answer.ok) return showOne(ctx, who, { form, refusal: answer.error });
      done(ctx, pages, path, 'request-approved');
    }, managers),
  );
  router.post(
    `${path}/:request/refuse`,
    member.form(async (ctx, who, form) => {
      const answer = await groupRequests.refuse(contextOf(who, form), String(ctx.params.request));
      if (!answer.ok) return showOne(ctx, who, { form, refusal: answer.error });
      done(ctx, pages, path, 'request-refused');
    }, managers),
  );
  return router.routes() as unknown as Middleware;
}
