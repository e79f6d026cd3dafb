/** `/admin/clients`: every client, searched and filtered, and new ones with all that the lake file may say. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { ClientFilter } from '../../../clients/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, type Member, refusalStatus } from '../../pages/member.ts';
import { pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { columnsOf, rowOf } from './client-blocks.ts';
import { type FormState, field, lines } from './client-fields.ts';
import { linesOf, readObject, textOf } from './client-forms.ts';
import { withField } from './own-clients.ts';
import { showSecret } from './show-secret.ts';

const t = texts.adminClients;
const path = '/admin/clients';
const roles = { roles: ['admin', 'reader'] as const };

const filterOf: Readonly<Record<string, ClientFilter>> = {
  active: { state: 'active' },
  suspended: { state: 'suspended' },
  unused: { unused: true },
  'without-owner': { withoutOwner: true },
  waiting: { waiting: true },
};

export function adminClientsPages(area: PageArea): Middleware {
  const { pages, member, people } = area;
  const base = `${pages.base}${path}`;
  const router = new Router();

  router.get(
    path,
    member.page(async (ctx, who) => {
      const search = queryText(ctx, 'search', 200);
      const show = queryText(ctx, 'show', 20);
      const filter = Object.hasOwn(filterOf, show) ? filterOf[show] : {};
      const found = await people.clients.list(who.actor, { ...filter, search }, pageOf(ctx));
      const page = found.ok ? found.value : { items: [], next: null };
      const waiting = await people.clients.countWaiting();
      const isAdmin = who.actor.roles.includes('admin');
      showSheet(pages, ctx, who, 'admin/sheet', {
        heading: t.title,
        blocks: [
          {
            kind: 'form',
            ...{ action: base, method: 'get', filters: true, submit: t.apply },
            fields: [
              { id: 'search', label: t.search, type: 'search', value: search, maxlength: 200 },
              { id: 'show', label: t.filter, type: 'select', value: show, options: Object.entries(t.filters) },
            ],
          },
          {
            kind: 'links',
            links: [
              { href: `${base}/requests`, label: `${t.queue} (${waiting})` },
              ...(isAdmin ? [{ href: `${base}/new`, label: t.create }] : []),
            ],
          },
          {
            kind: 'table',
            columns: columnsOf(true),
            rows: page.items.map((one) => rowOf(one, `${base}/${encodeURIComponent(one.clientId)}`, true)),
            empty: t.none,
          },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
        ],
      });
    }, roles),
  );

  router.get(
    `${path}/new`,
    member.page(async (ctx, who) => showNew(ctx, who, {}), { roles: ['admin'], fresh: true }),
  );
  router.post(
    `${path}/new`,
    member.form(
      async (ctx, who, form) => {
        const definition = readObject(textOf(form, 'definition') || '{}');
        const bad = { code: 'invalid', message: t.definitionBad, field: 'definition' } as const;
        if (definition === undefined) return showNew(ctx, who, { given: form, refusal: bad });
        const created = await people.clients.create(contextOf(who, form), {
          definition,
          owners: linesOf(form, 'owners'),
          ...(textOf(form, 'clientId') !== '' && { clientId: textOf(form, 'clientId') }),
        });
        if (!created.ok) return showNew(ctx, who, { given: form, refusal: created.error });
        const { client, secret } = created.value;
        const href = `${base}/${encodeURIComponent(client.clientId)}`;
        const { madeTitle: heading } = texts.clients;
        showSecret(area, ctx, who, { view: 'admin/sheet', heading, client, secret, href });
      },
      { roles: ['admin'], fresh: true },
    ),
  );

  return router.routes() as unknown as Middleware;

  function showNew(ctx: Context, who: Member, state: FormState): void {
    const { refusal } = state;
    const example = JSON.stringify({ name: '', grantTypes: ['client_credentials'], scopes: [] }, null, 2);
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: t.create,
      lead: t.createLead,
      error: refusal === undefined ? null : withField(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: [
        {
          ...{ kind: 'form', action: `${base}/new`, method: 'post', submit: texts.clients.submit },
          fields: [
            field(state, 'clientId', t.clientId, '', { hint: t.clientIdHint, maxlength: 255 }),
            lines(state, 'owners', texts.clients.owners, [who.account.username], { hint: t.ownersHint }),
            field(state, 'definition', t.definition, example, {
              ...{ type: 'textarea', rows: 12, hint: t.definitionHint, required: true },
            }),
          ],
          cancel: { href: base, label: texts.member.back },
        },
      ],
    });
  }
}
