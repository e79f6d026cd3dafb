/** `/admin/clients/requests`: what owners ask for, oldest first, and the decision about each. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer } from '../../../accounts/refusal.ts';
import type { ClientRequest } from '../../../clients/requests.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { grantCell } from './client-blocks.ts';
import { type FormState, grantFields, reasonField } from './client-fields.ts';
import { grantsOf } from './client-forms.ts';
import { withField } from './own-clients.ts';

const t = texts.adminClients;
const path = '/admin/clients/requests';

export function clientRequestPages(area: PageArea): Middleware {
  const { pages, member, people } = area;
  const { clients } = people;
  const base = `${pages.base}${path}`;
  const router = new Router();

  router.get(
    path,
    member.page(
      async (ctx, who) => {
        const found = await clients.listRequests(who.actor, { state: 'waiting' }, pageOf(ctx));
        const page = found.ok ? found.value : { items: [], next: null };
        showSheet(pages, ctx, who, 'admin/sheet', {
          heading: t.requestsTitle,
          blocks: [
            {
              kind: 'table',
              columns: [t.client, texts.clients.asked, texts.clients.note, t.by, t.until],
              rows: page.items.map(rowOf),
              empty: t.noRequests,
            },
            { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
          ],
        });
      },
      { roles: ['admin', 'reader'] },
    ),
  );
  router.get(
    `${path}/:request`,
    member.page((ctx, who) => show(ctx, who, {}), { roles: ['admin', 'reader'] }),
  );
  const decide = (
    step: string,
    said: keyof typeof texts.said,
    work: (ctx: Context, who: Member, form: URLSearchParams) => Promise<PeopleAnswer<unknown>>,
  ) =>
    router.post(
      `${path}/:request/${step}`,
      member.form(
        async (ctx, who, form) => {
          const answer = await work(ctx, who, form);
          if (!answer.ok) return show(ctx, who, { given: form, refusal: answer.error });
          done(ctx, pages, path, said);
        },
        { roles: ['admin'], fresh: true },
      ),
    );
  decide('approve', 'client-granted', (ctx, who, form) =>
    clients.approve(contextOf(who, form), String(ctx.params.request), grantsOf(form)),
  );
  decide('refuse', 'client-refused', (ctx, who, form) =>
    clients.refuse(contextOf(who, form), String(ctx.params.request)),
  );

  return router.routes() as unknown as Middleware;

  function rowOf(request: ClientRequest): Row {
    return {
      head: { href: `${base}/${request.id}`, text: request.clientName ?? request.clientId },
      cells: [grantCell(request.asked), request.note, request.askedBy ?? '', instantText(request.expiresAt)],
    };
  }

  async function show(ctx: Context, who: Member, state: FormState): Promise<void> {
    const found = await clients.getRequest(who.actor, String(ctx.params.request));
    if (!found.ok) {
      const error = found.error.message;
      return showSheet(pages, ctx, who, 'admin/sheet', { heading: t.requestsTitle, error, status: 404, blocks: [] });
    }
    const request = found.value;
    const { refusal } = state;
    const isOpen = request.state === 'waiting' && who.actor.roles.includes('admin');
    const href = `${pages.base}/admin/clients/${encodeURIComponent(request.clientId)}`;
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: t.requestTitle(request.clientName ?? request.clientId),
      error: refusal === undefined ? null : withField(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: [
        {
          kind: 'facts',
          facts: [
            [t.client, { href, text: request.clientId }],
            [t.by, request.askedBy ?? texts.clients.noOwner],
            [texts.clients.when, instantText(request.createdAt)],
            [t.until, instantText(request.expiresAt)],
            [texts.clients.note, request.note],
            [texts.clients.asked, grantCell(request.asked)],
            [texts.clients.state, { badge: texts.clients.requestStates[request.state] }],
          ],
        },
        ...(isOpen ? decisionBlocks(request, state) : []),
      ],
    });
  }

  function decisionBlocks(request: ClientRequest, state: FormState): Block[] {
    const place = `${base}/${request.id}`;
    return [
      { kind: 'heading', text: t.approveTitle },
      { kind: 'text', text: t.approveHint },
      {
        ...{ kind: 'form', action: `${place}/approve`, method: 'post', submit: t.approve },
        fields: [...grantFields(state, request.asked, false), reasonField(state, false, 'reason-approve')],
      },
      { kind: 'heading', text: t.refuseTitle },
      { kind: 'text', text: t.refuseHint },
      {
        ...{ kind: 'form', action: `${place}/refuse`, method: 'post', submit: t.refuse, danger: true },
        fields: [reasonField(state, true, 'reason-refuse')],
      },
    ];
  }
}
