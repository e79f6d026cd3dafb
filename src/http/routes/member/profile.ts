/** `/account`: who one is here. */
import Router from '@koa/router';
import type { Middleware } from 'koa';
import type { PageArea } from '../../pages/area.ts';
import { saidOf } from '../../pages/member.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.account;

export function profilePages({ pages, member }: PageArea): Middleware {
  const router = new Router();

  router.get(
    '/account',
    member.page(async (ctx, { account, frame }) => {
      const facts = [
        [t.username, account.username],
        [t.name, account.name ?? t.none],
        [t.email, account.email ?? t.none],
        [t.subject, account.id],
        [t.roles, account.roles.join(', ') || t.none],
      ] as const;
      pages.render(ctx, 'account/profile', { facts, said: saidOf(ctx) }, { heading: t.title, member: frame });
    }),
  );
  return router.routes() as unknown as Middleware;
}
