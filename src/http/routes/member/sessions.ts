/** `/account/sessions`: the browsers that one is signed in with, and their end (OWASP ASVS 5 V7.4.3). */
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { AccountSession } from '../../../accounts/account-sessions.ts';
import { createSessionEnd } from '../../../provider/ended-session.ts';
import { multiFactorAcr } from '../../../tokens/profile.ts';
import { coarseAddress } from '../../client-network.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.sessions;

export function sessionPages({ pages, member, desk, provider }: PageArea): Middleware {
  const sessions = desk.sessionsWith(createSessionEnd(provider));
  const router = new Router();
  const path = '/account/sessions';
  const action = `${pages.base}${path}`;

  const show: Parameters<typeof member.page>[0] = async (ctx, who) => {
    const found = await sessions.list(who.account.id);
    const { limit, after } = pageOf(ctx);
    const start = Number(/^\d{1,4}$/.exec(after ?? '') ?? 0);
    const next = found.length > start + limit ? String(start + limit) : null;
    const others: Block = { kind: 'form', method: 'post', action: `${action}/others`, fields: [], submit: t.endOthers };
    const blocks: Block[] = [
      {
        kind: 'table',
        columns: [t.browser, t.since, t.how, t.from, t.until, t.services],
        rows: found.slice(start, start + limit).map((session) => rowOf(session, who)),
        empty: t.none,
      },
      { kind: 'pager', pager: pagerOf(ctx, pages.base, next) },
      ...(found.length > 1 ? [others] : []),
    ];
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, blocks });
  };

  function rowOf(session: AccountSession, who: Member): Row {
    const browser = session.agent ?? t.unknown;
    const since = instantText(session.signedInAt);
    const end = {
      ...{ action, hidden: [['session', session.uid]] as const, danger: true },
      ...{ label: t.end, name: t.endName(browser, since) },
    };
    const isHere = session.uid === who.sessionUid;
    return {
      head: isHere ? { text: browser, badge: t.here, tone: 'good' } : { text: browser, button: end },
      cells: [
        since,
        howOf(session),
        coarseAddress(session.address) ?? '',
        session.expiresAt === null ? '' : instantText(session.expiresAt),
        { codes: session.clients },
      ],
    };
  }

  router.get(path, member.page(show));

  router.post(
    path,
    member.form(async (ctx, who, form) => {
      const ended = await sessions.end(contextOf(who, form), who.account.id, form.get('session') ?? '');
      if (ended) return done(ctx, pages, path, 'session-ended');
      showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, error: t.gone, status: 404, blocks: [] });
    }),
  );

  router.post(
    `${path}/others`,
    member.form(async (ctx, who, form) => {
      await sessions.endOthers(contextOf(who, form), who.account.id, who.sessionUid);
      done(ctx, pages, path, 'sessions-ended');
    }),
  );

  return router.routes() as unknown as Middleware;
}

function howOf({ upstream, acr }: AccountSession): string {
  const factors = acr === multiFactorAcr ? t.mfa : t.sfa;
  return `${upstream === null ? t.locally : t.via(upstream)}, ${factors}`;
}
