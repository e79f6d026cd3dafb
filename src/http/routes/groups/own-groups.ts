/** `/groups`: one's own memberships, the directory of all groups, and what one asked for. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Group } from '../../../groups/administration.ts';
import type { Membership } from '../../../policy/rule.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.groups;

export function ownGroupPages({ pages, member, people, clock }: PageArea): Middleware {
  const { groups, groupRequests } = people;
  const base = `${pages.base}/groups`;
  const router = new Router();

  const isPresent = ({ until }: Membership) => until === null || clock.now() < until;

  async function show(ctx: Context, who: Member, problem: { error: string; status: number } | null = null) {
    const rows: Row[] = [];
    for (const membership of who.account.memberships.filter(isPresent)) {
      const group = await groups.findByPath(who.actor, membership.group);
      if (group.ok) rows.push(rowOf(group.value.id, group.value.description, membership));
    }
    const columns = [t.group, t.description, t.from, t.until];
    const blocks: Block[] = [{ kind: 'table', columns, rows, empty: t.none }];
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, blocks, ...problem });
  }

  function rowOf(id: string, description: string | null, { group, from, until }: Membership): Row {
    const button = {
      action: `${base}/leave`,
      hidden: [['group', id] as const],
      label: t.leave,
      name: t.leaveName(group),
      danger: true,
    };
    const more = until === null ? {} : { more: { href: `${base}/directory/${id}`, text: t.extend } };
    return {
      head: { href: `${base}/directory/${id}`, text: group, button },
      cells: [
        description ?? '',
        from === null ? '' : instantText(from),
        { text: until === null ? texts.member.withoutEnd : instantText(until), ...more },
      ],
    };
  }

  async function showOne(ctx: Context, who: Member, error: string | null = null, status = 200): Promise<void> {
    const found = await groups.get(who.actor, String(ctx.params.group));
    if (!found.ok) {
      const refused = { heading: t.directory, error: found.error.message, status: 404, blocks: [] };
      return showSheet(pages, ctx, who, 'account/sheet', refused);
    }
    const { id, path } = found.value;
    const mine = who.account.memberships.find((one) => one.group === path && isPresent(one));
    const isAskable = mine === undefined || mine.until !== null;
    const note = { id: 'note', label: t.note, hint: t.noteHint, maxlength: 1000 };
    const submit = mine === undefined ? t.ask : t.extend;
    const ask: Block[] = [
      { kind: 'text', text: t.askLead, look: 'hint' },
      { kind: 'form', method: 'post', action: `${base}/directory/${id}`, fields: [note], submit },
    ];
    const heading = isAskable ? t.askTitle(path) : path;
    const blocks = [...about(found.value, mine), ...(isAskable ? ask : [])];
    showSheet(pages, ctx, who, 'account/sheet', { heading, error, status, blocks });
  }

  function about({ description }: Group, mine: Membership | undefined): Block[] {
    const own = mine && (mine.until === null ? t.member : t.memberUntil(instantText(mine.until)));
    return [description, own].flatMap((text) => (text == null ? [] : [{ kind: 'text', text } as const]));
  }

  router.get(
    '/groups',
    member.page((ctx, who) => show(ctx, who)),
  );
  router.post(
    '/groups/leave',
    member.form(async (ctx, who, form) => {
      const left = await groups.removeMember(contextOf(who, form), form.get('group') ?? '', who.account.id);
      if (left.ok) return done(ctx, pages, '/groups', 'group-left');
      await show(ctx, who, { error: left.error.message, status: refusalStatus(left.error) });
    }),
  );

  router.get(
    '/groups/directory',
    member.page(async (ctx, who) => {
      const search = queryText(ctx, 'search', 200);
      const found = await groups.list(who.actor, { search: search || undefined }, pageOf(ctx));
      const page = found.ok ? found.value : { items: [], next: null };
      const field = { id: 'search', label: t.search, type: 'search', maxlength: 200, value: search } as const;
      showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.directory,
        lead: t.directoryLead,
        blocks: [
          { kind: 'form', method: 'get', filters: true, action: `${base}/directory`, fields: [field], submit: t.find },
          {
            kind: 'table',
            columns: [t.group, t.description],
            rows: page.items.map(({ id, path, description, isDefault }) => ({
              head: { href: `${base}/directory/${id}`, text: path, ...(isDefault && { note: t.byDefault }) },
              cells: [description ?? ''],
            })),
            empty: t.noneFound,
          },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
        ],
      });
    }),
  );
  router.get(
    '/groups/directory/:group',
    member.page((ctx, who) => showOne(ctx, who)),
  );
  router.post(
    '/groups/directory/:group',
    member.form(async (ctx, who, form) => {
      const note = form.get('note')?.trim() || null;
      const asked = await groupRequests.ask(contextOf(who, form), String(ctx.params.group), note);
      if (asked.ok) return done(ctx, pages, '/groups/requests', 'group-asked');
      await showOne(ctx, who, asked.error.message, refusalStatus(asked.error));
    }),
  );

  return router.routes() as unknown as Middleware;
}
