/** `/account/applications`: what may act for one, and the end of it. */
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { Application } from '../../../clients/applications.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Row } from '../../pages/blocks.ts';
import { contextOf, done } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { scopeSentence } from '../../pages/scope-sentence.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.applications;
const path = '/account/applications';

/** Sentences of one application that are shown. */
const mostSentences = 12;

export function applicationPages({ pages, member, people }: PageArea): Middleware {
  const { applications } = people;
  const router = new Router();

  router.get(
    path,
    member.page(async (ctx, who) => {
      const found = await applications.list(who.account.id);
      showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.title,
        lead: t.lead,
        blocks: [
          {
            kind: 'table',
            columns: [t.name, t.may, t.audiences, t.since, t.used],
            rows: found.map((one) => rowOf(one)),
            empty: t.none,
          },
          { kind: 'text', look: 'hint', text: t.revokeNote },
        ],
      });
    }),
  );

  router.post(
    path,
    member.form(async (ctx, who, form) => {
      const clientId = form.get('client') ?? '';
      const revoked = await applications.revoke(contextOf(who, form), who.account.id, clientId);
      if (revoked.ok) return done(ctx, pages, path, 'application-revoked');
      const error = revoked.error.message;
      showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, error, status: 404, blocks: [] });
    }),
  );

  function rowOf({ clientId, name, state, scopes, audiences, since, lastUsedAt, chains }: Application): Row {
    const shown = name ?? clientId;
    const sentences = scopes.map((scope) => scopeSentence(scope).sentence);
    const more = sentences.length > mostSentences ? [texts.consent.more(sentences.length - mostSentences)] : [];
    return {
      head: {
        text: shown,
        ...(state === 'suspended' ? { badge: t.suspended, tone: 'bad' } : chains > 0 ? { badge: t.away } : {}),
        button: {
          ...{ action: `${pages.base}${path}`, hidden: [['client', clientId]], danger: true },
          ...{ label: t.revoke, name: t.revokeName(shown) },
        },
      },
      cells: [
        { lines: [...sentences.slice(0, mostSentences), ...more] },
        audiences.length === 0 ? t.anywhere : { codes: audiences },
        instantText(since),
        {
          text: lastUsedAt === null ? texts.member.never : instantText(lastUsedAt),
          more: { href: `${pages.base}/account/tokens?${new URLSearchParams({ client: clientId })}`, text: t.tokens },
        },
      ],
    };
  }

  return router.routes() as unknown as Middleware;
}
