/** `/admin/simulator`: the decision of `sluice explain` for any question, by the same code (policy-semantics 8). */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type Explanation, explain } from '../../../lake/explain.ts';
import { readQuestion } from '../../../lake/explain-batch.ts';
import type { ScopeVerdict } from '../../../policy/decision.ts';
import { describeCap, reasonMeanings } from '../../../policy/explain.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { isoSecond } from '../../pages/embargo-form.ts';
import { instantText } from '../../pages/parts.ts';
import { instantOf, localText, queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.simulator;
const path = '/admin/simulator';

/** Parts and gaps of one scope that are shown. */
const mostParts = 20;

export function simulatorPages({ pages, member, snapshots, accounts, clock }: PageArea): Middleware {
  const router = new Router();

  router.get(
    path,
    member.page(
      async (ctx, who) => {
        const asked = queryText(ctx, 'client') === '' ? null : await decide(ctx);
        const error = typeof asked === 'string' ? asked : null;
        const blocks = [form(ctx), ...(asked === null || typeof asked === 'string' ? [] : asked)];
        const status = error === null ? 200 : 422;
        showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, lead: t.lead, error, status, blocks });
      },
      { roles: ['admin', 'reader'] },
    ),
  );

  /** A sentence where there is no answer. */
  async function decide(ctx: Context): Promise<readonly Block[] | string> {
    const at = queryText(ctx, 'at');
    const instant = at === '' ? clock.now() : instantOf(at);
    if (instant === undefined) return t.badTime;
    const said = {
      user: queryText(ctx, 'user').replaceAll('\0', '') || null,
      client: queryText(ctx, 'client'),
      audience: queryText(ctx, 'audience', 2000),
      scope: queryText(ctx, 'scope', 8000),
    };
    const question = readQuestion({ ...said, at: new Date(instant).toISOString() }, clock.now());
    if (!question.ok) return question.error;
    const found = said.user === null ? undefined : await accounts.findByUsername(said.user);
    const known = new Map(found ? [[found.account.username, found.account]] : []);
    const { policy, clients } = await snapshots.confirmed();
    const explained = explain({ policy, clients, accounts: known }, question.value);
    if (!explained.ok) return explained.error;
    const command = commandOf({ ...said, at: at === '' ? null : isoSecond(instant) });
    return [...answer(explained.value), { kind: 'code', label: t.command, text: command }];
  }

  function form(ctx: Context): Block {
    const at = instantOf(queryText(ctx, 'at'));
    const names = [...snapshots.current().clients.keys()].sort().slice(0, 50);
    const storages = [...snapshots.current().policy.byAudience.keys()].sort().slice(0, 50);
    return {
      kind: 'form',
      method: 'get',
      action: `${pages.base}${path}`,
      fields: [
        { id: 'user', label: t.user, hint: t.userHint, value: queryText(ctx, 'user'), maxlength: 255 },
        { id: 'client', label: t.client, value: queryText(ctx, 'client'), required: true, suggestions: names },
        {
          ...{ id: 'audience', label: t.audience, hint: t.audienceHint, value: queryText(ctx, 'audience', 2000) },
          suggestions: storages,
        },
        {
          ...{ id: 'scope', label: t.scope, hint: t.scopeHint, value: queryText(ctx, 'scope', 8000) },
          ...{ type: 'textarea', rows: 2, required: true },
        },
        {
          ...{ id: 'at', label: t.at, hint: t.atHint, type: 'datetime-local' },
          value: at === undefined ? '' : localText(at),
        },
      ],
      submit: t.ask,
    };
  }

  return router.routes() as unknown as Middleware;
}

function answer({ decision, note }: Explanation): readonly Block[] {
  const { error, expiresAt, cappedBy, scope, groups, verdicts, policyVersion } = decision;
  const outcome = error !== null ? t.refused(error) : expiresAt === null ? t.nothing : t.given(instantText(expiresAt));
  const text = note === null ? outcome : `${outcome} ${t.but(note)}`;
  const facts: (readonly [string, Cell])[] = [
    ...(cappedBy === null ? [] : [[t.because, describeCap(cappedBy)] as const]),
    ...(scope.length === 0 ? [] : [[t.inToken, { codes: scope }] as const]),
    ...(groups.length === 0 ? [] : [[t.groups, { codes: groups }] as const]),
    [t.version, String(policyVersion)],
  ];
  return [
    { kind: 'text', look: error === null && expiresAt !== null ? 'note' : 'alert', text },
    { kind: 'facts', facts },
    { kind: 'heading', text: t.scopes },
    {
      kind: 'table',
      columns: [t.asked, t.outcome, t.issued, t.why, t.by],
      rows: verdicts.slice(0, 64).flatMap(rowsOf),
      empty: t.none,
    },
  ];
}

/** One for the scope, and one for each part that is left out. */
function rowsOf(verdict: ScopeVerdict): readonly Row[] {
  const isPart = verdict.outcome === 'issued' && verdict.left.length > 0;
  const head = { codes: [verdict.scope] };
  const badge = {
    badge: isPart ? t.outcomes.part : t.outcomes[verdict.outcome],
    ...(verdict.outcome === 'issued' && { tone: 'good' as const }),
    ...(verdict.outcome === 'refused' && { tone: 'bad' as const }),
  };
  const rules = { codes: verdict.because.slice(0, mostParts) };
  const row = { head, cells: [badge, issuedCell(verdict), whyCell(verdict), rules] };
  if (verdict.outcome !== 'issued') return [row];
  const left = verdict.left.slice(0, mostParts).map((part) => ({
    head: { codes: [part.path] },
    cells: [{ badge: t.left, tone: 'bad' as const }, '', reasonText(part.reason), { codes: part.because }],
  }));
  return [row, ...left];
}

function issuedCell(verdict: ScopeVerdict): Cell {
  return 'as' in verdict ? { codes: verdict.as.slice(0, mostParts) } : '';
}

function whyCell(verdict: ScopeVerdict): Cell {
  if (verdict.outcome === 'refused') return reasonText(verdict.reason);
  if (verdict.outcome !== 'issued') return '';
  const caps = verdict.parts.filter(({ cap }) => cap.kind !== 'lifetime').slice(0, mostParts);
  return { lines: caps.map(({ cap }) => `${t.until} ${instantText(cap.at)}: ${describeCap(cap)}`) };
}

function reasonText(reason: keyof typeof reasonMeanings): string {
  return `${reason}: ${reasonMeanings[reason]}`;
}

/** To be pasted into a shell: every value is one word of it. */
function commandOf(said: Readonly<Record<'user' | 'client' | 'audience' | 'scope' | 'at', string | null>>): string {
  const options = Object.entries(said).filter(([, value]) => value !== null && value !== '');
  return ['sluice explain', ...options.map(([name, value]) => `--${name} ${quoted(value ?? '')}`)].join(' ');
}

function quoted(value: string): string {
  return /^[\w./:@=-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
