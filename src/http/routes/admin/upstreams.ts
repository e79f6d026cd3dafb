/** `/admin/upstreams`: the providers of the lake file, how each answered last, who uses it, and what to register there. */
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Upstream } from '../../../federation/upstream.ts';
import type { UpstreamState } from '../../../federation/upstream-states.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, CellParts, Row } from '../../pages/blocks.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.upstreams;
const path = '/admin/upstreams';

export function upstreamPages({ pages, member, people, issuer }: PageArea): Middleware {
  const router = new Router();

  const rowOf = (upstream: Upstream, state: UpstreamState | undefined): Row => {
    const { name, title, issuer: theirs, trusted = false } = upstream;
    const secret = people.upstreamSecrets.has(name) ? t.withSecret : t.withoutSecret;
    return {
      head: { text: title, codes: [name, theirs], note: trusted ? t.trusted : '' },
      cells: [
        stateCell(state),
        {
          text: String(state?.linked ?? 0),
          note: state?.lastLoginAt == null ? t.noLogin : t.lastLogin(instantText(state.lastLoginAt)),
        },
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
  return router.routes() as unknown as Middleware;
}

/** What happened last counts; a failure from before an answer is still told. */
function stateCell({ answeredAt = null, failedAt = null, failure = null }: Partial<UpstreamState> = {}): CellParts {
  const failed = failedAt === null ? '' : t.failure(failure ?? '', instantText(failedAt));
  if (failedAt !== null && failedAt >= (answeredAt ?? 0)) return { badge: t.failed, tone: 'bad', note: failed };
  if (answeredAt === null) return { text: t.unused };
  return { text: t.answered(instantText(answeredAt)), ...(failed !== '' && { note: failed }) };
}
