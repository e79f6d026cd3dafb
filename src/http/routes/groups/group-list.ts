/** `/manage` and `/admin/groups`: the groups that one may change, and the form of a new one. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { Group } from '../../../groups/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.groups;
export const groupHref = (base: string, id: string) => `${base}/manage/group/${id}`;

/** A form that was refused. */
export interface RefusedForm {
  readonly form: URLSearchParams;
  readonly refusal: PeopleRefusal;
}

export function groupListPages({ pages, member, people }: PageArea): Middleware {
  const { groups } = people;
  const router = new Router();

  const rowOf = ({ id, path, description, isDefault }: Group): Row => ({
    head: { href: groupHref(pages.base, id), text: path, ...(isDefault && { note: t.byDefault }) },
    cells: [description ?? ''],
  });

  async function showManaged(ctx: Context, who: Member, again: RefusedForm | null = null): Promise<void> {
    const rows: Row[] = [];
    for (const path of await groups.managedBy(who.account.id)) {
      const group = await groups.findByPath(who.actor, path);
      if (group.ok) rows.push(rowOf(group.value));
    }
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.manageTitle,
      lead: t.manageLead,
      blocks: [
        { kind: 'table', columns: [t.group, t.description], rows, empty: t.none },
        ...newGroup(again, '/manage'),
      ],
      ...problemOf(again),
    });
  }

  async function showAll(ctx: Context, who: Member, again: RefusedForm | null = null): Promise<void> {
    const search = queryText(ctx, 'search', 200);
    const found = await groups.list(who.actor, { search: search || undefined }, pageOf(ctx));
    const page = found.ok ? found.value : { items: [], next: null };
    const field = { id: 'search', label: t.search, type: 'search', maxlength: 200, value: search } as const;
    const action = `${pages.base}/admin/groups`;
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: t.adminTitle,
      lead: t.adminLead,
      blocks: [
        { kind: 'form', method: 'get', filters: true, action, fields: [field], submit: t.find },
        { kind: 'table', columns: [t.group, t.description], rows: page.items.map(rowOf), empty: t.noneFound },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
        ...(who.actor.roles.includes('admin') ? newGroup(again, '/admin/groups') : []),
      ],
      ...problemOf(again),
    });
  }

  function newGroup(again: RefusedForm | null, path: string): Block[] {
    const typed = (name: string) => again?.form.get(name) ?? '';
    const errorOf = (name: string) => (again?.refusal.field === name ? again.refusal.message : null);
    return [
      { kind: 'heading', text: t.create },
      { kind: 'text', text: t.createHint, look: 'hint' },
      {
        ...{ kind: 'form', method: 'post', action: `${pages.base}${path}`, submit: t.make },
        fields: [
          {
            ...{ id: 'path', label: t.path, required: true, maxlength: 512 },
            ...{ value: typed('path'), error: errorOf('path') },
          },
          {
            ...{ id: 'description', label: t.description, maxlength: 1000 },
            ...{ value: typed('description'), error: errorOf('description') },
          },
        ],
      },
    ];
  }

  const make = (show: typeof showAll) => async (ctx: Context, who: Member, form: URLSearchParams) => {
    const description = form.get('description')?.trim() || null;
    const made = await groups.create(contextOf(who, form), { path: form.get('path')?.trim() ?? '', description });
    if (!made.ok) return show(ctx, who, { form, refusal: made.error });
    done(ctx, pages, `/manage/group/${made.value.id}`, 'group-made');
  };

  const managers = { roles: ['manager', 'admin'] } as const;
  router.get(
    '/manage',
    member.page((ctx, who) => showManaged(ctx, who), managers),
  );
  router.post('/manage', member.form(make(showManaged), managers));
  router.get(
    '/admin/groups',
    member.page((ctx, who) => showAll(ctx, who), { roles: ['admin', 'reader'] }),
  );
  router.post('/admin/groups', member.form(make(showAll), { roles: ['admin'] }));
  return router.routes() as unknown as Middleware;
}

function problemOf(again: RefusedForm | null) {
  return again && { error: again.refusal.message, status: refusalStatus(again.refusal) };
}
