/** What a change of an embargo would do, before it is decided: computed beside the request, shown in words (policy-semantics 8). */
import type { Context } from 'koa';
import { embargoFact } from '../../../lake/facts.ts';
import type { EmbargoRecord } from '../../../lake/records.ts';
import { isAtOrBelow } from '../../../policy/path.ts';
import type { Impact, ImpactQuestion, QuestionFault, ScopeChange } from '../../../questions/questions.ts';
import { type Actor, managesPath, seesAll } from '../../../rules/actor.ts';
import type { Result } from '../../../shared/result.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { instantText } from '../../pages/parts.ts';
import { createSlowAnswers, type SlowAnswer } from '../../pages/slow.ts';
import { reasonSentences, texts } from '../../pages/texts.ts';

const t = texts.embargo;

/** An embargo as it would be, and the instant (ms since the epoch) for which requests are decided; absent: now, or its beginning. */
export type Proposed =
  | { readonly record: EmbargoRecord; readonly at?: number | undefined }
  | { readonly draft: string; readonly path: string };

export type ImpactAnswer = SlowAnswer<Result<Impact, QuestionFault>> | { readonly state: 'unseen' };

/** A page that waits longer for its answer says so, and asks again. */
const patienceMs = 800;
const mostChanges = 20;

export function createImpactPages({ desk, snapshots, clock }: PageArea) {
  const slow = createSlowAnswers<Result<Impact, QuestionFault>>({ clock, patienceMs });

  return {
    ask: async (ctx: Context, actor: Actor, proposed: Proposed): Promise<ImpactAnswer> => {
      const path = 'record' in proposed ? proposed.record.path : proposed.path;
      if (!maySee(actor, path)) return { state: 'unseen' };
      const question: ImpactQuestion = {
        ...('record' in proposed
          ? { proposed: { kind: 'embargo', rule: embargoFact(proposed.record) }, at: proposed.at }
          : { proposed: { kind: 'draft', id: proposed.draft } }),
        limit: mostChanges,
        within: seesAll(actor) ? null : actor.embargoPaths,
      };
      const { version } = snapshots.current();
      return slow.ask(actor.id, `${version} ${ctx.path} ${ctx.querystring}`, () => desk.questions.impact(question));
    },
  };

  /** As the API tells it: at one's own paths, and nothing of the parties of an embargo above them. */
  function maySee(actor: Actor, path: string): boolean {
    if (seesAll(actor)) return true;
    const above = [...snapshots.current().policy.embargoes.values()].filter((embargo) =>
      isAtOrBelow(path, embargo.path),
    );
    return managesPath(actor, path) && above.every((embargo) => managesPath(actor, embargo.path));
  }
}

/** Makes the browser ask again by itself, without script. */
export function waitingPage(
  ctx: Context,
  base: string,
  since: number,
): { readonly lead: string; readonly blocks: readonly Block[] } {
  ctx.set('Refresh', '2');
  return {
    lead: t.computingLead(instantText(since)),
    blocks: [{ kind: 'links', links: [{ href: `${base}${ctx.path}${ctx.search}`, label: t.refresh }] }],
  };
}

export function impactBlocks(impact: Impact): readonly Block[] {
  const { losing, gaining, exposure, changes, truncated, at } = impact;
  const tiles = [
    { label: t.losing, value: String(losing.users) },
    { label: t.losingClients, value: String(losing.clients) },
    { label: t.gaining, value: String(gaining.users) },
    { label: t.gainingClients, value: String(gaining.clients) },
    { label: t.out, value: String(exposure.tokens) },
  ];
  return [
    { kind: 'heading', text: t.impact },
    { kind: 'text', look: 'hint', text: t.impactAt(instantText(Date.parse(at))) },
    { kind: 'tiles', tiles },
    ...(exposure.latestExpiry === null
      ? []
      : [{ kind: 'text', text: t.outUntil(instantText(Date.parse(exposure.latestExpiry))) } as const]),
    {
      kind: 'table',
      columns: [t.concerned, t.asks, t.before, t.after, t.effect],
      rows: changes.map(changeRow),
      empty: t.nobody,
    },
    ...(truncated ? [{ kind: 'text', look: 'hint', text: t.truncated } as const] : []),
  ];
}

function changeRow({ count, names, clients, audience, asked, before, after, effect }: ScopeChange): Row {
  const shown = names.slice(0, 5);
  const more = count > shown.length ? t.more(count - shown.length) : undefined;
  return {
    head: { lines: shown, ...(more !== undefined && { note: more }) },
    cells: [
      { codes: [asked], note: [audience, clients.slice(0, 3).join(', ')].filter(Boolean).join(' · ') },
      decided(before),
      decided(after),
      { badge: t.effects[effect], ...toneOf(effect) },
    ],
  };
}

function decided({ issued, refused, expiresAt }: ScopeChange['before']) {
  if (issued.length === 0) return { text: t.nothing, ...(refused !== null && { note: reasonSentences[refused] }) };
  const shown = issued.slice(0, 3);
  const more = issued.length > shown.length ? `${t.more(issued.length - shown.length)} ` : '';
  return { codes: shown, note: `${more}${expiresAt === null ? '' : instantText(Date.parse(expiresAt))}` };
}

function toneOf(effect: ScopeChange['effect']) {
  if (effect === 'gains' || effect === 'ends-later') return { tone: 'good' as const };
  return effect === 'both' ? {} : { tone: 'bad' as const };
}
