/** `/account/tokens`: what was issued for one, why, and its revocation (RFC 7009 by hand). */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { OwnToken, OwnTokenFilter } from '../../../issuance/own-tokens.ts';
import type { IssueRecord } from '../../../questions/questions.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { errorPage } from '../../pages/error-page.ts';
import { contextOf, done, type Member } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { instantOf, queryText, showSheet } from '../../pages/sheet.ts';
import { capSentences, reasonSentences, texts } from '../../pages/texts.ts';

const t = texts.tokens;
const path = '/account/tokens';
const day = 86_400_000;

/** Looked at when no time is said. */
const usualDays = 30;

export function tokenPages({ pages, member, desk, clock }: PageArea): Middleware {
  const { tokens, questions } = desk;
  const router = new Router();
  const notFound = (ctx: Context) => errorPage(pages, ctx, 404, { code: 'not_found', description: null });

  router.get(
    path,
    member.page(async (ctx, who) => {
      const filter = readFilter(ctx);
      if (filter === undefined) {
        const blocks = [searchForm(ctx)];
        return showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, error: t.badTime, status: 422, blocks });
      }
      const found = await tokens.list(who.account.id, filter, pageOf(ctx));
      const blocks: Block[] = [
        searchForm(ctx),
        {
          kind: 'table',
          columns: [t.time, t.client, t.audience, t.scopes, t.expires, t.state],
          rows: found.items.map(rowOf),
          empty: t.none,
        },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, found.next) },
      ];
      showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, blocks });
    }),
  );

  router.get(
    `${path}/:jti`,
    member.page((ctx, who) => showOne(ctx, who)),
  );

  router.post(
    `${path}/:jti`,
    member.form(async (ctx, who, form) => {
      const token = await tokens.find(who.account.id, jtiOf(ctx));
      if (token === undefined) return notFound(ctx);
      await tokens.revoke(contextOf(who, form), token, { chain: form.get('chain') === 'yes' });
      done(ctx, pages, `${path}/${encodeURIComponent(token.jti)}`, 'token-revoked');
    }),
  );

  async function showOne(ctx: Context, who: Member): Promise<void> {
    const token = await tokens.find(who.account.id, jtiOf(ctx));
    const why = token && (await questions.why({ jti: token.jti }));
    if (token === undefined || !why?.ok) return notFound(ctx);
    const blocks: Block[] = [
      { kind: 'facts', facts: factsOf(token, why.value) },
      ...(stateOf(token) === 'live' ? revocation(token) : []),
      { kind: 'links', links: [{ href: `${pages.base}${path}`, label: t.back }] },
    ];
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.one, blocks });
  }

  function revocation(token: OwnToken): Block[] {
    return [
      { kind: 'heading', text: t.revokeTitle },
      { kind: 'text', look: 'hint', text: t.revokeHint },
      {
        kind: 'form',
        method: 'post',
        action: `${pages.base}${path}/${encodeURIComponent(token.jti)}`,
        fields: token.chainId === null ? [] : [{ id: 'chain', type: 'checkbox', label: t.chain, checked: true }],
        submit: t.revoke,
        danger: true,
      },
    ];
  }

  function factsOf(token: OwnToken, record: IssueRecord): readonly (readonly [string, Cell])[] {
    const cap = record.cappedBy;
    return [
      [t.id, { codes: [token.jti] }],
      [t.client, token.client],
      [t.audience, audienceCell(token)],
      [t.flow, t.flows[record.flow] ?? record.flow],
      [t.time, instantText(token.at)],
      [t.expires, { text: instantText(token.expiresAt), ...stateBadge(token) }],
      ...(cap === null ? [] : [[t.limitedBy, capSentences[cap.kind](cap.rule) ?? t.usualLife] as const]),
      [t.requested, { codes: record.requested }],
      [t.issued, { codes: record.issued }],
      ...record.refused.map(
        ({ scope, reason }) => [t.refused, { codes: [scope], note: reasonSentences[reason] }] as const,
      ),
      ...(record.rules.length === 0 ? [] : [[t.rules, { codes: record.rules.map(({ id }) => id) }] as const]),
    ];
  }

  function rowOf(token: OwnToken): Row {
    return {
      head: { href: `${pages.base}${path}/${encodeURIComponent(token.jti)}`, text: instantText(token.at) },
      cells: [
        token.client,
        audienceCell(token),
        { codes: token.scope.split(' ').filter(Boolean) },
        instantText(token.expiresAt),
        stateBadge(token),
      ],
    };
  }

  function stateOf({ revoked, expiresAt }: OwnToken): keyof typeof t.states {
    if (revoked) return 'revoked';
    return expiresAt > clock.now() ? 'live' : 'expired';
  }

  function stateBadge(token: OwnToken) {
    const state = stateOf(token);
    return { badge: t.states[state], ...(state === 'live' && { tone: 'good' as const }) };
  }

  /** Undefined: a time that is none. */
  function readFilter(ctx: Context): OwnTokenFilter | undefined {
    const now = clock.now();
    const [from, until] = [queryText(ctx, 'from'), queryText(ctx, 'until')];
    const times = [from === '' ? now - usualDays * day : instantOf(from), until === '' ? now + day : instantOf(until)];
    const [start, end] = times;
    if (start === undefined || end === undefined) return undefined;
    const text = (name: string) => queryText(ctx, name).replaceAll('\0', '') || undefined;
    return {
      client: text('client'),
      audience: text('audience'),
      scope: text('scope'),
      from: start,
      until: end,
      live: ctx.query.live === 'yes',
    };
  }

  function searchForm(ctx: Context): Block {
    const field = (id: string, label: string) => ({ id, label, value: queryText(ctx, id), maxlength: 512 });
    return {
      kind: 'form',
      method: 'get',
      filters: true,
      action: `${pages.base}${path}`,
      fields: [
        field('client', t.client),
        field('audience', t.audience),
        field('scope', t.scope),
        { ...field('from', t.from), type: 'date' },
        { ...field('until', t.until), type: 'date' },
        { id: 'live', label: t.live, type: 'checkbox', checked: ctx.query.live === 'yes' },
      ],
      submit: t.search,
    };
  }

  return router.routes() as unknown as Middleware;
}

function audienceCell({ audiences }: OwnToken): Cell {
  return audiences.length === 0 ? t.anyAudience : { codes: audiences };
}

/** A database takes no zero byte. */
function jtiOf(ctx: Context): string {
  return String(ctx.params.jti ?? '')
    .replaceAll('\0', '')
    .slice(0, 255);
}
