/** `/admin/audit`: every change by whom, when, from where and why, to search. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { AuditFilter } from '../../../audit/audit-log.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { instantOf, queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { auditTable } from './audit-table.ts';

const t = texts.audit;
const path = '/admin/audit';
const day = 86_400_000;

export function auditPages({ pages, member, people }: PageArea): Middleware {
  const router = new Router();
  router.get(
    path,
    member.page(
      async (ctx, who) => {
        const filter = readFilter(ctx);
        const found = filter && (await people.audit.read(filter, pageOf(ctx, 40)));
        const blocks: Block[] = [
          searchForm(ctx),
          ...(found === undefined
            ? []
            : [
                auditTable(found.items),
                ...(found.lookedTo === null
                  ? []
                  : [{ kind: 'text', text: t.lookedTo(instantText(found.lookedTo)) } as const]),
                { kind: 'pager', pager: pagerOf(ctx, pages.base, found.next) } as const,
              ]),
        ];
        const fault = found === undefined ? { error: t.badInstant, status: 422 } : {};
        showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, lead: t.lead, blocks, ...fault });
      },
      { roles: ['admin', 'reader'] },
    ),
  );
  return router.routes() as unknown as Middleware;

  function searchForm(ctx: Context): Block {
    const field = (id: string, label: string, hint?: string) => ({
      ...{ id, label, maxlength: 300, value: queryText(ctx, id, 300) },
      ...(hint !== undefined && { hint }),
    });
    return {
      ...{ kind: 'form', method: 'get', filters: true, action: `${pages.base}${path}`, submit: t.show },
      fields: [
        field('text', t.text),
        field('actor', t.actor, t.actorHint),
        field('action', t.action, t.actionHint),
        field('objectKind', t.kind),
        field('objectId', t.object),
        { ...field('from', t.from), type: 'date' },
        { ...field('until', t.until), type: 'date' },
      ],
    };
  }
}

/** Undefined: a date that is none. The last day counts whole. */
function readFilter(ctx: Context): AuditFilter | undefined {
  const text = (name: string) => queryText(ctx, name, 300) || undefined;
  const [from, until] = [queryText(ctx, 'from'), queryText(ctx, 'until')];
  const [start, end] = [instantOf(from), instantOf(until)];
  if ((from !== '' && start === undefined) || (until !== '' && end === undefined)) return undefined;
  return {
    ...{ text: text('text'), actor: text('actor'), action: text('action') },
    ...{ objectKind: text('objectKind'), objectId: text('objectId') },
    ...(start !== undefined && { from: start }),
    ...(end !== undefined && { until: end + day }),
  };
}
