/** `/admin/upstreams`: the providers of the lake file, how each answered last and who uses it; of one, everything that the lake file says, and how it answers now. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer } from '../../../accounts/refusal.ts';
import type { Upstream } from '../../../federation/upstream.ts';
import type { UpstreamDiscovery } from '../../../federation/upstream-client.ts';
import type { UpstreamState } from '../../../federation/upstream-states.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import type { Member } from '../../pages/member.ts';
import { pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { stateCell, upstreamBlocks, usedCell } from './upstream-blocks.ts';

const t = texts.upstreams;
const path = '/admin/upstreams';

export function upstreamPages({ pages, member, people, issuer }: PageArea): Middleware {
  const router = new Router();

  const rowOf = (upstream: Upstream, state: UpstreamState | undefined): Row => {
    const { name, title, issuer: theirs, trusted = false } = upstream;
    const secret = people.upstreamSecrets.has(name) ? t.withSecret : t.withoutSecret;
    return {
      head: {
        href: `${pages.base}${path}/${name}`,
        text: title,
        codes: [name, theirs],
        note: trusted ? t.trusted : '',
      },
      cells: [
        stateCell(state),
        usedCell(state),
        { codes: [new URL(`upstream/callback/${name}`, issuer).href], note: secret },
      ],
    };
  };

  router.get(
    path,
    member.page(
      async (ctx, who) => {
        const search = queryText(ctx, 'search', 200).toLowerCase();
        const isFound = ({ name, title, issuer: theirs }: Upstream) =>
          [name, title, theirs].some((text) => text.toLowerCase().includes(search));
        const found = (await people.upstreams.list()).filter(isFound);
        const { limit, after } = pageOf(ctx);
        const start = found.findIndex(({ name }) => name === after) + 1;
        const shown = found.slice(start, start + limit);
        const next = start + limit < found.length ? (shown.at(-1)?.name ?? null) : null;
        const states = await people.upstreamStates.of(shown);
        const blocks: Block[] = [
          {
            ...{ kind: 'form', method: 'get', action: `${pages.base}${path}`, submit: t.show, filters: true },
            fields: [
              { id: 'search', label: t.search, type: 'search', value: queryText(ctx, 'search', 200), maxlength: 200 },
            ],
          },
          { kind: 'text', look: 'hint', text: t.hint },
          {
            kind: 'table',
            columns: [t.provider, t.state, t.logins, t.callback],
            rows: shown.map((upstream) => rowOf(upstream, states.get(upstream.name))),
            empty: t.none,
          },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, next) },
        ];
        showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, lead: t.lead, blocks });
      },
      { roles: ['admin', 'reader'] },
    ),
  );

  router.get(
    `${path}/:name`,
    member.page((ctx, who) => showOne(ctx, who), { roles: ['admin', 'reader'] }),
  );

  router.post(
    `${path}/:name`,
    member.form(
      async (ctx, who) => {
        const upstream = await people.upstreams.find(String(ctx.params.name));
        await showOne(ctx, who, upstream && (await people.upstreamClient.ask(upstream)));
      },
      { roles: ['admin'] },
    ),
  );

  /** `asked`: how it answered just now. */
  async function showOne(ctx: Context, who: Member, asked?: PeopleAnswer<UpstreamDiscovery>): Promise<void> {
    const upstream = await people.upstreams.find(String(ctx.params.name));
    const back: Block = { kind: 'links', links: [{ href: `${pages.base}${path}`, label: t.back }] };
    if (upstream === undefined) {
      const missing = { heading: t.title, error: t.unknown, status: 404, blocks: [back] };
      return showSheet(pages, ctx, who, 'admin/sheet', missing);
    }
    const { name, title, issuer: theirs } = upstream;
    const state = (await people.upstreamStates.of([upstream])).get(name);
    const blocks = upstreamBlocks(upstream, {
      ...{ issuer, state, hasSecret: people.upstreamSecrets.has(name), answer: asked?.ok ? asked.value : undefined },
      askAt: who.account.roles.includes('admin') ? `${pages.base}${path}/${name}` : null,
    });
    const error = asked === undefined || asked.ok ? null : asked.error.message;
    const status = error === null ? 200 : 409;
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: title, lead: t.oneLead(theirs), error, status, blocks: [...blocks, back] },
    });
  }

  return router.routes() as unknown as Middleware;
}
