/** `/admin`: what was issued and refused in the last day, what waits, what is due. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { nextChange, type SigningKeyRecord, stateAt } from '../../../keys/signing-key.ts';
import type { CompiledPolicy } from '../../../policy/compile.ts';
import { reasonMeanings } from '../../../policy/explain.ts';
import type { HourOfTokens, Overview } from '../../../questions/overview.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell } from '../../pages/blocks.ts';
import { instantText } from '../../pages/parts.ts';
import { drawPlot } from '../../pages/plot.ts';
import { showSheet } from '../../pages/sheet.ts';
import { createSlowAnswers } from '../../pages/slow.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.overview;
const soon = 30 * 86_400_000;
const mostEnding = 10;
const mostFailures = 15;
const patienceMs = 1500;

export function overviewPages({ pages, member, desk, snapshots, clock }: PageArea): Middleware {
  const slow = createSlowAnswers<Overview>({ clock, patienceMs });
  const router = new Router();

  router.get(
    '/admin',
    member.page(
      async (ctx, who) => {
        const answer = await slow.ask(who.account.id, 'overview', desk.overview);
        if (answer.state !== 'done') return showWaiting(ctx, who);
        const { keys } = await desk.keys.store.read();
        const { policy, version } = snapshots.current();
        const overview = answer.value;
        showSheet(pages, ctx, who, 'admin/sheet', {
          heading: t.title,
          lead: t.lead(instantText(overview.at)),
          blocks: [
            ...waiting(overview),
            ...tokens(overview.hours),
            ...tops(overview),
            ...failures(desk.failedAnswers()),
            ...keyBlocks(keys),
            ...ending(policy),
            ...health(overview, version),
          ],
        });
      },
      { roles: ['admin', 'reader'] },
    ),
  );

  function showWaiting(ctx: Context, who: Parameters<typeof showSheet>[2]): void {
    ctx.set('Refresh', '2');
    const links: Block = { kind: 'links', links: [{ href: `${pages.base}/admin`, label: t.refresh }] };
    showSheet(pages, ctx, who, 'admin/sheet', { heading: t.computing, lead: t.computingLead, blocks: [links] });
  }

  function waiting({ waiting: counts }: Overview): readonly Block[] {
    const tile = (label: string, count: number, path: string | null) => ({
      ...{ label, value: numberText(count) },
      ...(path !== null && { href: `${pages.base}${path}` }),
    });
    return [
      { kind: 'heading', text: t.waiting },
      {
        kind: 'tiles',
        tiles: [
          tile(t.enrolments, counts.enrolments, '/admin/requests'),
          tile(t.groupRequests, counts.groupRequests, '/manage/requests'),
          tile(t.clientRequests, counts.clientRequests, '/admin/clients'),
          tile(t.mails, counts.mails, '/admin/outbox'),
          tile(t.events, counts.events, null),
        ],
      },
    ];
  }

  function keyBlocks(keys: readonly SigningKeyRecord[]): readonly Block[] {
    const now = clock.now();
    const present = keys.filter((key) => stateAt(key, now) !== 'removed');
    return [
      { kind: 'heading', text: t.keys },
      {
        kind: 'table',
        columns: [t.key, t.state, t.next],
        rows: present.map((key) => {
          const change = nextChange([key], now);
          return {
            head: { codes: [key.kid], note: key.alg },
            cells: [
              { badge: texts.signingKeys.states[stateAt(key, now)] },
              Number.isFinite(change) ? instantText(change) : t.noChange,
            ],
          };
        }),
        empty: t.noKeys,
      },
    ];
  }

  function ending(policy: CompiledPolicy): readonly Block[] {
    const now = clock.now();
    const found = [...policy.embargoes.values()]
      .filter(({ until }) => now < until && until < now + soon)
      .sort((one, other) => one.until - other.until);
    return [
      { kind: 'heading', text: t.ending },
      {
        kind: 'table',
        columns: [t.embargo, t.path, t.ends],
        rows: found.slice(0, mostEnding).map(({ id, path, until }) => ({
          head: { href: `${pages.base}/embargoes/${encodeURIComponent(id)}`, text: id },
          cells: [{ codes: [path] }, instantText(until)],
        })),
        empty: t.noneEnding,
      },
    ];
  }

  return router.routes() as unknown as Middleware;
}

function tokens(hours: readonly HourOfTokens[]): readonly Block[] {
  const sum = (what: 'issued' | 'refused') => hours.reduce((total, one) => total + one[what], 0);
  const columns = hours.map(({ at, issued, refused }, index) => ({
    label: index % 4 === 3 ? hourText(at) : '',
    title: t.column(hourText(at), issued, refused),
    lower: issued,
    upper: refused,
  }));
  const drawing = drawPlot(columns, { title: t.plot, description: t.plotHow(sum('issued'), sum('refused')) });
  return [
    { kind: 'heading', text: t.tokens },
    { kind: 'drawing', drawing },
    {
      kind: 'table',
      folded: t.table,
      columns: [t.hour, t.issued, t.refused],
      rows: hours.toReversed().map(({ at, issued, refused }) => ({
        head: instantText(at),
        cells: [numberText(issued), numberText(refused)],
      })),
      empty: '',
    },
  ];
}

function tops({ reasons, clients }: Overview): readonly Block[] {
  const meaning = (reason: string) => (reasonMeanings as Readonly<Record<string, string>>)[reason];
  return [
    { kind: 'heading', text: t.clients },
    {
      kind: 'table',
      columns: [t.client, t.issued],
      rows: clients.map(({ name, count }) => ({ head: name, cells: [numberText(count)] })),
      empty: t.noClients,
    },
    { kind: 'heading', text: t.reasons },
    {
      kind: 'table',
      columns: [t.reason, t.count],
      rows: reasons.map(({ name, count }) => {
        const note = meaning(name);
        return { head: { text: name, ...(note !== undefined && { note }) }, cells: [numberText(count)] };
      }),
      empty: t.noReasons,
    },
  ];
}

function failures({ since, answers }: ReturnType<PageArea['desk']['failedAnswers']>): readonly Block[] {
  return [
    { kind: 'heading', text: t.failures },
    { kind: 'text', text: t.failuresLead(instantText(since)), look: 'hint' },
    {
      kind: 'table',
      columns: [t.route, t.status, t.count],
      rows: answers.slice(0, mostFailures).map(({ route, status, count }) => ({
        head: { codes: [route] },
        cells: [status >= 500 ? { badge: String(status), tone: 'bad' } : String(status), numberText(count)],
      })),
      empty: t.noFailures,
    },
  ];
}

function health({ waiting: counts }: Overview, version: number): readonly Block[] {
  const facts: (readonly [string, Cell])[] = [
    [t.rules, String(version)],
    [t.database, t.databaseSize(`${numberText(Math.round(counts.databaseBytes / 1_000_000))} MB`)],
    [t.oldestMail, counts.oldestMail === null ? t.nothingWaits : instantText(counts.oldestMail)],
  ];
  return [
    { kind: 'heading', text: t.health },
    { kind: 'facts', facts },
  ];
}

function hourText(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

function numberText(count: number): string {
  return count.toLocaleString('en-GB').replaceAll(',', ' ');
}
