/** `/account/access`: what may I read? The policy, asked for who is signed in (policy-semantics 8, "what would this principal get now"). */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { includes } from '../../../policy/action.ts';
import type { CompiledPolicy } from '../../../policy/compile.ts';
import type { CompiledEmbargo, CompiledGrant } from '../../../policy/compiled-rules.ts';
import type { ScopeVerdict } from '../../../policy/decision.ts';
import { type CanonicalPath, parsePath } from '../../../policy/path.ts';
import { type Action, actions } from '../../../policy/rule.ts';
import { type MetEmbargo, ownAccess, ownRules } from '../../../questions/own-access.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { expiryOf } from '../../pages/expiry.ts';
import type { Member } from '../../pages/member.ts';
import { instantText, pagerOf } from '../../pages/parts.ts';
import { instantOf, localText, queryText, showSheet } from '../../pages/sheet.ts';
import { reasonSentences, texts } from '../../pages/texts.ts';

const t = texts.access;
const path = '/account/access';

/** Rows of each list on one page. */
const pageSize = 25;
/** Storages that are offered while one types. */
const mostSuggestions = 100;
/** Parts and gaps of one answer. */
const mostParts = 30;

interface Asked {
  readonly path: CanonicalPath;
  readonly action: Action;
  readonly audience: string | null;
  readonly at: number;
}

export function accessPages({ pages, member, snapshots, clock }: PageArea): Middleware {
  const router = new Router();

  router.get(
    path,
    member.page(async (ctx, who) => {
      const { policy } = await snapshots.confirmed();
      const asked = queryText(ctx, 'path', 600) === '' ? null : readAsked(ctx, policy, clock.now());
      const error = typeof asked === 'string' ? asked : null;
      const answer = asked === null || typeof asked === 'string' ? [] : answerOf(policy, who, asked);
      const blocks = [askForm(ctx, policy), ...answer, ...listsOf(ctx, policy, who)];
      const status = error === null ? 200 : 422;
      showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, error, status, blocks });
    }),
  );

  function askForm(ctx: Context, policy: CompiledPolicy): Block {
    const names = [...new Set([...policy.byAudience.values()].filter(({ kind }) => kind === 'storage'))];
    const action = queryText(ctx, 'operation') || 'read';
    return {
      kind: 'form',
      method: 'get',
      filters: true,
      action: `${pages.base}${path}`,
      fields: [
        {
          ...{ id: 'storage', label: t.storage, value: queryText(ctx, 'storage'), hint: t.storageHint },
          suggestions: names
            .map(({ name }) => name)
            .sort()
            .slice(0, mostSuggestions),
        },
        { id: 'path', label: t.path, value: queryText(ctx, 'path', 600), hint: t.pathHint, required: true },
        {
          ...{ id: 'operation', label: t.operation, type: 'select', value: action },
          options: actions.map((one) => [one, t.operations[one]] as const),
        },
        { id: 'at', label: t.at, type: 'datetime-local', value: timeField(ctx), hint: t.atHint },
      ],
      submit: t.ask,
    };
  }

  function listsOf(ctx: Context, policy: CompiledPolicy, { account }: Member): readonly Block[] {
    const { grants, embargoes } = ownRules(policy, account, clock.now());
    const skip = /^\d{1,6}$/.test(queryText(ctx, 'after')) ? Number(queryText(ctx, 'after')) : 0;
    const next = Math.max(grants.length, embargoes.length) > skip + pageSize ? String(skip + pageSize) : null;
    const piece = <T>(all: readonly T[]) => all.slice(skip, skip + pageSize);
    return [
      { kind: 'heading', text: t.given },
      {
        kind: 'table',
        columns: [t.below, t.actions, t.by, t.where, t.ends],
        rows: piece(grants).map(({ grant, until }) => grantRow(grant, until)),
        empty: t.nothing,
      },
      { kind: 'heading', text: t.closed },
      { kind: 'text', look: 'hint', text: t.closedLead },
      {
        kind: 'table',
        columns: [t.path2, t.closes, t.ends, t.toYou],
        rows: piece(embargoes).map(embargoRow),
        empty: t.noEmbargo,
      },
      { kind: 'pager', pager: pagerOf(ctx, pages.base, next) },
    ];
  }

  function grantRow({ path: below, gives, subject, at }: CompiledGrant, until: number): Row {
    const where = at === null ? t.everywhere : [...at].map(({ name }) => name).join(', ');
    return { head: { codes: [below] }, cells: [wordsOf(gives), { codes: [subject] }, where, endText(until)] };
  }

  function embargoRow({ embargo, admitted }: MetEmbargo): Row {
    const { path: below, closes, exempt, until, id } = embargo;
    return {
      head: { codes: [below], ...(exempt.length > 0 && { note: t.exempt(exempt.slice(0, 5).join(' ')) }) },
      cells: [
        wordsOf(closes),
        endText(until),
        admitted
          ? {
              badge: t.open,
              tone: 'good',
              more: { href: `${pages.base}/embargoes/${encodeURIComponent(id)}`, text: id },
            }
          : { badge: t.shut, tone: 'bad' },
      ],
    };
  }

  return router.routes() as unknown as Middleware;
}

/** A sentence where the question cannot be read. */
function readAsked(ctx: Context, policy: CompiledPolicy, now: number): Asked | string {
  const parsed = parsePath(queryText(ctx, 'path', 600));
  if (!parsed.ok) return t.notPath;
  const time = queryText(ctx, 'at');
  const at = time === '' ? now : instantOf(time);
  if (at === undefined) return t.notTime;
  const name = queryText(ctx, 'storage');
  const storage = [...policy.byAudience.values()].find((one) => one.name === name || one.audience === name);
  if (name !== '' && storage === undefined) return t.notStorage;
  const action = actions.find((one) => one === queryText(ctx, 'operation')) ?? 'read';
  return { path: parsed.value, action, audience: storage?.audience ?? null, at };
}

function answerOf(policy: CompiledPolicy, { account }: Member, asked: Asked): readonly Block[] {
  const decision = ownAccess(policy, { account, ...asked });
  const [verdict] = decision.verdicts;
  const what = t.operations[asked.action];
  if (verdict?.outcome !== 'issued') {
    const reason = verdict?.outcome === 'refused' ? reasonSentences[verdict.reason] : '';
    const rules = decision.because.length > 0 ? [{ kind: 'facts', facts: rulesOf(decision.because) } as const] : [];
    return [{ kind: 'text', look: 'alert', text: `${t.no(what, asked.path)} ${reason}` }, ...rules];
  }
  const whole = verdict.left.length === 0 && verdict.as.length === 1 && isAsAsked(verdict.as[0] ?? '', asked);
  const expiry = expiryOf(decision);
  const until = expiry === null ? '' : [t.until(expiry.text), expiry.reason ?? ''].join(' ').trim();
  return [
    { kind: 'text', look: 'note', text: `${(whole ? t.yes : t.part)(what, asked.path)} ${until}` },
    ...(whole ? [] : [partsOf(verdict)]),
    { kind: 'facts', facts: rulesOf(decision.because) },
  ];
}

function partsOf({ as, left }: Extract<ScopeVerdict, { outcome: 'issued' }>): Block {
  const open = as.map(pathOf);
  const isRest = (path: string) => open.some((one) => one.startsWith(path.endsWith('/') ? path : `${path}/`));
  return {
    kind: 'list',
    items: [
      ...open.slice(0, mostParts).map((one): Cell => ({ badge: t.open2, tone: 'good', codes: [one] })),
      ...left.slice(0, mostParts).map(
        ({ path: one, reason }): Cell => ({
          ...{ badge: t.shut, tone: 'bad', codes: [one], note: reasonSentences[reason] },
          ...(isRest(one) && { text: t.rest }),
        }),
      ),
    ],
  };
}

function rulesOf(because: readonly string[]) {
  return [[t.because, { codes: because.slice(0, mostParts) }] as const];
}

/** But for a slash at its end. */
function isAsAsked(scope: string, { path: asked }: Asked): boolean {
  return pathOf(scope).replace(/\/$/, '') === asked.replace(/\/$/, '');
}

function pathOf(scope: string): string {
  return scope.slice(scope.indexOf(':') + 1);
}

function wordsOf(set: CompiledGrant['gives'] | CompiledEmbargo['closes']): string {
  const found = actions.filter((action) => includes(set, action));
  return found.length === actions.length ? t.everything : found.map((action) => t.operations[action]).join(', ');
}

function endText(until: number): string {
  return Number.isFinite(until) ? instantText(until) : texts.member.withoutEnd;
}

function timeField(ctx: Context): string {
  const at = instantOf(queryText(ctx, 'at'));
  return at === undefined ? '' : localText(at);
}
