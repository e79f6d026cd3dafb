/** `/admin/storages`: what tokens are made for, and the registered paths, page by page. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { StorageRecord } from '../../../lake/records.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { done, type Member } from '../../pages/member.ts';
import { pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { ruleActor } from '../embargoes/timeline.ts';

const t = texts.lakeStorages;
const path = '/admin/storages';
const readers = { roles: ['admin', 'reader'] } as const;

export function storagePages({ pages, member, desk, clock }: PageArea): Middleware {
  const { storages, namespace } = desk.rules;
  const router = new Router();
  const pathsPath = `${path}/namespace`;

  router.get(
    path,
    member.page(async (ctx, who) => {
      const list = await storages.list(ruleActor(who, clock.now()), pageOf(ctx));
      if (!list.ok) return refuse(ctx, who, list.refusal.message);
      const isAdmin = who.account.roles.includes('admin');
      showSheet(pages, ctx, who, 'admin/sheet', {
        heading: t.title,
        lead: t.lead,
        blocks: [
          {
            kind: 'links',
            links: [
              ...(isAdmin ? [{ href: `${pages.base}${path}/new`, label: t.add }] : []),
              { href: `${pages.base}${pathsPath}`, label: t.namespace },
            ],
          },
          {
            kind: 'table',
            columns: [t.name, t.kind, t.audience, t.matching, t.mounts],
            rows: list.value.items.map(({ record }) => rowOf(record)),
            empty: t.none,
          },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, list.value.next) },
        ],
      });
    }, readers),
  );

  router.get(
    pathsPath,
    member.page((ctx, who) => showPaths(ctx, who), readers),
  );

  router.post(
    `${pathsPath}/add`,
    member.form(
      async (ctx, who, form) => {
        const written = await namespace.put({ actor: ruleActor(who, clock.now()) }, form.get('path')?.trim() ?? '');
        if (!written.ok) return showPaths(ctx, who, written.refusal.message);
        done(ctx, pages, pathsPath, 'path-added');
      },
      { roles: ['admin'] },
    ),
  );

  router.post(
    `${pathsPath}/remove`,
    member.form(
      async (ctx, who, form) => {
        const written = await namespace.remove({ actor: ruleActor(who, clock.now()) }, form.get('path') ?? '');
        if (!written.ok) return showPaths(ctx, who, written.refusal.message);
        done(ctx, pages, pathsPath, 'path-removed');
      },
      { roles: ['admin'] },
    ),
  );

  async function showPaths(ctx: Context, who: Member, error: string | null = null): Promise<void> {
    const under = queryText(ctx, 'under').replaceAll('\0', '');
    const list = await namespace.list(ruleActor(who, clock.now()), under || undefined, pageOf(ctx));
    const found = list.ok ? list.value : { items: [], next: null };
    const isAdmin = who.account.roles.includes('admin');
    const action = `${pages.base}${pathsPath}`;
    const button = (one: string) => ({
      ...{ action: `${action}/remove`, hidden: [['path', one]] as const, danger: true },
      ...{ label: t.removeWord, name: t.removePath(one) },
    });
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: t.pathsTitle, lead: t.pathsLead, error: error ?? (list.ok ? null : list.refusal.message) },
      status: error === null && list.ok ? 200 : 422,
      blocks: [
        {
          ...{ kind: 'form', method: 'get', filters: true, action, submit: t.search },
          fields: [{ id: 'under', label: t.under, value: under, maxlength: 512 }],
        },
        {
          kind: 'table',
          columns: isAdmin ? [t.path, t.removeWord] : [t.path],
          rows: found.items.map((one) => ({
            head: { codes: [one] },
            cells: isAdmin ? [{ button: button(one) }] : [],
          })),
          empty: t.noPaths,
        },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, found.next) },
        ...(isAdmin ? [addForm(action)] : []),
        { kind: 'links', links: [{ href: `${pages.base}${path}`, label: t.back }] },
      ],
    });
  }

  function addForm(action: string): Block {
    const field = { id: 'path', label: t.newPath, maxlength: 512, required: true };
    return { kind: 'form', method: 'post', action: `${action}/add`, submit: t.addPath, fields: [field] };
  }

  function refuse(ctx: Context, who: Member, error: string): void {
    showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, error, status: 422, blocks: [] });
  }

  function rowOf({ name, kind, audience, aliases, matching, mounts }: StorageRecord): Row {
    return {
      head: { href: `${pages.base}${path}/edit?${new URLSearchParams({ name })}`, text: name },
      cells: [
        t.kinds[kind],
        { codes: [audience, ...aliases.slice(0, 3)] },
        kind === 'storage' ? t.matchings[matching] : '',
        kind === 'service'
          ? ''
          : mounts.length === 0
            ? t.wholeTree
            : { codes: mounts.slice(0, 5).map((mount) => `${mount.path} → ${mount.at}`) },
      ],
    };
  }

  return router.routes() as unknown as Middleware;
}
