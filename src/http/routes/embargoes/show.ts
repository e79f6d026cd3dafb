/** `/embargoes/:id`: one embargo, its parties, its history, the tokens that reach its path, and what may be done with it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { EmbargoRecord } from '../../../lake/records.ts';
import { type Actor, managesPath, seesAll } from '../../../rules/actor.ts';
import type { EmbargoView, HistoryEntry } from '../../../rules/administration.ts';
import { mayExtend, mayManage, mayManageParty, mayRelease } from '../../../rules/permissions.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { errorPage } from '../../pages/error-page.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { endText, ruleActor } from './timeline.ts';

const t = texts.embargo;

/** Entries of the history, the newest ones. */
const mostHistory = 30;

export function embargoPages({ pages, member, desk, clock }: PageArea): Middleware {
  const { rules, questions } = desk;
  const router = new Router();

  router.get(
    '/embargoes/:id',
    member.page(async (ctx, who) => {
      const actor = ruleActor(who, clock.now());
      const id = String(ctx.params.id).replaceAll('\0', '');
      const found = await rules.embargoes.get(actor, id);
      if (!found.ok) return errorPage(pages, ctx, 404, { code: 'not_found', description: t.unseen });
      const history = await rules.embargoes.history(actor, id);
      const { record, phase } = found.value;
      showSheet(pages, ctx, who, 'embargoes/sheet', {
        heading: record.id,
        lead: record.title,
        blocks: [
          ...linksOf(record, phase, actor),
          { kind: 'facts', facts: factsOf(found.value, clock.now()) },
          ...parties(record, phase, actor),
          ...(await live(ctx, record, actor)),
          ...historyBlocks(history.ok ? history.value : []),
        ],
      });
    }),
  );

  const at = (record: EmbargoRecord, step: string) =>
    `${pages.base}/embargoes/${encodeURIComponent(record.id)}/${step}`;

  /** Only what this account may do, and what may be done at this time of its life. */
  function linksOf(record: EmbargoRecord, phase: EmbargoView['phase'], actor: Actor): readonly Block[] {
    const links = stepsFor(record, phase, actor).map((step) => ({
      href: at(record, step === 'withdraw' || step === 'activate' ? `${step}/impact` : step),
      label: t.steps[step].link,
      danger: step === 'withdraw' || step === 'release',
    }));
    return links.length === 0 ? [] : [{ kind: 'links', links }];
  }

  function stepsFor(record: EmbargoRecord, phase: EmbargoView['phase'], actor: Actor) {
    const now = clock.now();
    const lives = phase === 'active' || phase === 'scheduled';
    const isDraft = phase === 'draft';
    const most = record.limits?.maxUntil === undefined ? now : Date.parse(record.limits.maxUntil);
    const manages = mayManage(actor, record.path);
    const may = {
      extend: lives && mayExtend(actor, record, most, now),
      release: lives && mayRelease(actor, record, now),
      activate: isDraft && manages,
      'add-party': (lives || isDraft) && mayAddParty(record, actor),
      exempt: (lives || isDraft) && manages,
      withdraw: (lives || isDraft) && manages,
    };
    return (Object.keys(may) as (keyof typeof may)[]).filter((step) => may[step]);
  }

  function mayAddParty(record: EmbargoRecord, actor: Actor): boolean {
    return mayManageParty(actor, record, { subject: 'user:nobody', role: 'coi', actions: [] }, clock.now());
  }

  function parties(record: EmbargoRecord, phase: EmbargoView['phase'], actor: Actor): readonly Block[] {
    const mayTake = phase !== 'released' && phase !== 'withdrawn' && mayAddParty(record, actor);
    const rows = record.parties.map(
      ({ subject, role, actions, from, until, maxTokenLifetimeSeconds }): Row => ({
        head: {
          codes: [subject],
          ...(mayTake && {
            more: {
              href: `${at(record, 'remove-party/impact')}?${new URLSearchParams({ subject })}`,
              text: `${t.steps['remove-party'].link} ${subject}`,
            },
          }),
        },
        cells: [
          role ?? '',
          actions.map((action) => texts.access.operations[action]).join(', '),
          from === undefined ? '' : instantText(Date.parse(from)),
          until === undefined ? '' : instantText(Date.parse(until)),
          maxTokenLifetimeSeconds === undefined ? '' : t.seconds(maxTokenLifetimeSeconds),
        ],
      }),
    );
    return [
      { kind: 'heading', text: t.parties },
      {
        kind: 'table',
        columns: [t.party, t.role, t.mayDo, t.from, t.until, t.tokenLife],
        rows,
        empty: t.noParties,
      },
    ];
  }

  /** Told to whom the API tells it. */
  async function live(ctx: Context, { path }: EmbargoRecord, actor: Actor): Promise<readonly Block[]> {
    if (!seesAll(actor) && !managesPath(actor, path)) return [];
    const found = await questions.tokens({ path, ...pageOf(ctx, 25) });
    if (!found.ok) return [];
    const { total, latestExpiry, tokens, next } = found.value;
    if (total === 0 || latestExpiry === null) {
      return [
        { kind: 'heading', text: t.live },
        { kind: 'text', look: 'hint', text: t.noLive },
      ];
    }
    return [
      { kind: 'heading', text: t.live },
      { kind: 'text', look: 'hint', text: t.liveLead(total, instantText(Date.parse(latestExpiry))) },
      {
        kind: 'table',
        columns: [t.holder, t.client, t.scopes, t.expires],
        rows: tokens.map(({ username, subject, client, scopes, expiresAt }) => ({
          head: username ?? subject,
          cells: [client, { codes: scopes.map(({ scope }) => scope) }, instantText(Date.parse(expiresAt))],
        })),
        empty: t.noLive,
      },
      { kind: 'pager', pager: pagerOf(ctx, pages.base, next) },
    ];
  }

  return router.routes() as unknown as Middleware;
}

function factsOf({ record, phase, version }: EmbargoView, now: number): readonly (readonly [string, Cell])[] {
  const { path, exempt, actions, from, basis, limits, maxTokenLifetimeSeconds } = record;
  return [
    [t.phase, { badge: t.phases[phase], ...(phase === 'active' && { tone: 'good' as const }) }],
    [t.path, { codes: [path] }],
    ...(exempt.length > 0 ? [[t.exempt, { codes: exempt }] as const] : []),
    [
      t.closes,
      actions.length === 5 ? texts.access.everything : actions.map((one) => texts.access.operations[one]).join(', '),
    ],
    [t.from, from === null ? t.ever : instantText(Date.parse(from))],
    [t.until, endText(record, now)],
    ...(basis === null ? [] : [[t.basis, basis] as const]),
    [t.tokenLife, t.seconds(maxTokenLifetimeSeconds)],
    ...(limits?.maxUntil === undefined ? [] : [[t.maxUntil, instantText(Date.parse(limits.maxUntil))] as const]),
    [t.version, String(version)],
  ];
}

/** As it was then. */
function untilText(record: EmbargoRecord): string {
  return endText({ ...record, state: 'active' }, 0);
}

function historyBlocks(entries: readonly HistoryEntry<EmbargoRecord>[]): readonly Block[] {
  return [
    { kind: 'heading', text: t.history },
    {
      kind: 'table',
      columns: [t.when, t.change, t.who, t.until, t.why],
      rows: entries
        .slice(-mostHistory)
        .toReversed()
        .map(({ at, change, actor, reason, record }) => ({
          head: instantText(at),
          cells: [t.changes[change] ?? change, actor, record === null ? '' : untilText(record), reason ?? ''],
        })),
      empty: t.noHistory,
    },
  ];
}
