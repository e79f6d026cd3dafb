/** `/embargoes`: a timeline of embargoes over the tree of paths, with a table of the same. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type Actor, accountActor } from '../../../rules/actor.ts';
import type { EmbargoView } from '../../../rules/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import type { Member } from '../../pages/member.ts';
import { instantText, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { drawTimeline } from '../../pages/timeline.ts';

const t = texts.embargo;
const path = '/embargoes';
const year = 365.25 * 86_400_000;

/** Lines of one page. */
const pageSize = 30;
/** Embargoes that are sorted by path for a page; more are narrowed by path first. */
const mostSorted = 5000;

const spans = [1, 3, 10];

/** The pages of an embargo act as the account, by the rights of the moment. */
export function ruleActor({ account, actor }: Member, now: number): Actor {
  return accountActor(account, now, { mayWrite: true, address: actor.address });
}

export function timelinePages({ pages, member, desk, clock }: PageArea): Middleware {
  const { embargoes } = desk.rules;
  const router = new Router();

  router.get(
    path,
    member.page(
      async (ctx, who) => {
        const now = clock.now();
        const below = queryText(ctx, 'path');
        const { all, truncated } = await collect(ruleActor(who, now), below.replaceAll('\0', '') || undefined);
        const wanted = ctx.query.which === 'all' ? all : all.filter(isPresent);
        const sorted = wanted.sort(byPath);
        const skip = /^\d{1,6}$/.test(queryText(ctx, 'after')) ? Number(queryText(ctx, 'after')) : 0;
        const shown = sorted.slice(skip, skip + pageSize);
        const next = sorted.length > skip + pageSize ? String(skip + pageSize) : null;
        const blocks: Block[] = [
          chooser(ctx),
          ...(truncated ? [{ kind: 'text', look: 'note', text: t.tooMany } as const] : []),
          ...(shown.length === 0 ? [] : [{ kind: 'drawing', drawing: draw(shown, spanOf(ctx), now) } as const]),
          { kind: 'table', columns: [t.path, t.id, t.phase, t.from, t.until], rows: shown.map(rowOf), empty: t.none },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, next) },
        ];
        showSheet(pages, ctx, who, 'embargoes/sheet', { heading: t.title, lead: t.lead, blocks });
      },
      { roles: ['embargo-manager', 'admin', 'reader'] },
    ),
  );

  async function collect(actor: Actor, below: string | undefined) {
    const all: EmbargoView[] = [];
    let after: string | null = null;
    do {
      const page = await embargoes.list(actor, { path: below }, { limit: 1000, after });
      if (!page.ok) break;
      all.push(...page.value.items);
      after = page.value.next;
    } while (after !== null && all.length < mostSorted);
    return { all, truncated: after !== null };
  }

  function chooser(ctx: Context): Block {
    return {
      kind: 'form',
      method: 'get',
      filters: true,
      action: `${pages.base}${path}`,
      fields: [
        { id: 'path', label: t.below, value: queryText(ctx, 'path'), maxlength: 512 },
        {
          ...{ id: 'which', label: t.which, type: 'select', value: ctx.query.which === 'all' ? 'all' : 'present' },
          options: Object.entries(t.whichOnes),
        },
        {
          ...{ id: 'span', label: t.span, type: 'select', value: String(spanOf(ctx)) },
          options: spans.map((years) => [String(years), t.spans[years] ?? ''] as const),
        },
      ],
      submit: t.show,
    };
  }

  function rowOf({ record, phase }: EmbargoView): Row {
    return {
      head: { codes: [record.path] },
      cells: [
        {
          href: `${pages.base}${path}/${encodeURIComponent(record.id)}`,
          text: record.id,
          ...(record.title !== null && { note: record.title }),
        },
        { badge: t.phases[phase], ...(phase === 'active' && { tone: 'good' as const }) },
        record.from === null ? t.ever : instantText(Date.parse(record.from)),
        endText(record, clock.now()),
      ],
    };
  }

  return router.routes() as unknown as Middleware;
}

/** What ended before its time says so: the instant stands in the history. */
export function endText({ until, hardLimit, state }: EmbargoView['record'], now: number): string {
  const end = until ?? hardLimit;
  if (end !== null && (state === 'released' || state === 'withdrawn') && Date.parse(end) > now) {
    return t.endedBefore(instantText(Date.parse(end)));
  }
  if (until !== null) return instantText(Date.parse(until));
  return hardLimit === null ? texts.member.withoutEnd : t.event(instantText(Date.parse(hardLimit)));
}

/** A fifth of the time lies behind. */
function draw(shown: readonly EmbargoView[], years: number, now: number) {
  const [from, until] = [now - (years * year) / 5, now + (years * year * 4) / 5];
  const entries = shown.map(({ record, phase }) => {
    const end = record.until ?? record.hardLimit;
    const ended = phase === 'released' || phase === 'withdrawn';
    return {
      path: record.path,
      title: `${record.id}: ${t.phases[phase]}, ${endText(record, now)}`,
      phase,
      from: record.from === null ? null : Date.parse(record.from),
      until: end === null ? null : ended ? Math.min(Date.parse(end), now) : Date.parse(end),
    };
  });
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  return drawTimeline(entries, {
    ...{ title: t.timeline, description: t.timelineHow(day(from), day(until), entries.length) },
    ...{ from, until, now, nowLabel: t.now },
  });
}

function spanOf(ctx: Context): number {
  return spans.find((years) => String(years) === ctx.query.span) ?? 1;
}

function isPresent({ phase }: EmbargoView): boolean {
  return phase !== 'released' && phase !== 'withdrawn';
}

/** As the tree is walked: a path before what lies below it. */
function byPath({ record: one }: EmbargoView, { record: other }: EmbargoView): number {
  const [first, second] = [`${one.path}/`.replaceAll('/', '\u0001'), `${other.path}/`.replaceAll('/', '\u0001')];
  return first < second ? -1 : first > second ? 1 : one.id < other.id ? -1 : 1;
}
