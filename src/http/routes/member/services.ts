/** `/account/services`: the service accounts that one owns, and of each what it may, what it got, its keys and its owners. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { owns } from '../../../accounts/account-permissions.ts';
import type { AccountDetails } from '../../../accounts/administration.ts';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { PageArea } from '../../pages/area.ts';
import { errorPage } from '../../pages/error-page.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { linesOf } from '../admin/account-form.ts';
import { keyPagesOf } from './keys.ts';
import { agreementCell, serviceBlocks } from './service-blocks.ts';

const t = texts.services;
const path = '/account/services';
const recentDays = 30;
const shownTokens = 10;

export function servicePages(area: PageArea): Middleware {
  const { pages, member, people, desk, clock } = area;
  const router = new Router();

  /** What is not one's own is not there. */
  const find = async (ctx: Context, who: Member): Promise<AccountDetails | undefined> => {
    const found = await people.accounts.get(who.actor, String(ctx.params.id));
    if (found.ok && owns(who.actor, found.value)) return found.value;
    errorPage(pages, ctx, 404, { code: 'not_found', description: null });
    return undefined;
  };
  const pathOf = ({ id }: { readonly id: string }) => `${path}/${encodeURIComponent(id)}`;

  const show = async (ctx: Context, who: Member, account: AccountDetails, refusal?: PeopleRefusal, typed?: string) => {
    const now = clock.now();
    const lately = { from: now - recentDays * 86_400_000, until: now + 1, live: false };
    // As the account itself sees them.
    const itself = { kind: 'user', id: account.id, username: account.username, roles: [], mayWrite: false } as const;
    const clients = await people.clients.list({ ...itself, address: null }, { owner: account.id }, firstPage(20));
    const { items: tokens } = await desk.tokens.list(account.id, lately, firstPage(shownTokens));
    const { present, agreedUntil } = await people.acceptableUse.standingOf(account.id);
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: account.username,
      blocks: serviceBlocks({
        ...{ base: pages.base, here: `${pages.base}${pathOf(account)}`, account, now, tokens },
        agreement: present && agreementCell(agreedUntil, now),
        clients: clients.ok ? clients.value : { items: [], next: null },
        known: await people.identities.of(account.id),
        owners: typed ?? account.owners.join('\n'),
      }),
      ...(refusal && { error: refusal.message, status: refusalStatus(refusal) }),
    });
  };

  router.get(
    path,
    member.page(async (ctx, who) => {
      const owned = await people.acceptableUse.ownedBy(who.account.id);
      const hasPolicy = (await people.acceptableUse.standingOf(who.account.id)).present !== null;
      const rows = owned.map(({ accountId: id, username, agreedUntil }) => ({
        head: { href: `${pages.base}${pathOf({ id })}`, text: username },
        cells: hasPolicy ? [agreementCell(agreedUntil, clock.now())] : [],
      }));
      const columns = [t.account, ...(hasPolicy ? [t.policy] : [])];
      const blocks = [{ kind: 'table', columns, rows, empty: t.none } as const];
      showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, lead: t.lead, blocks });
    }),
  );

  router.get(
    `${path}/:id`,
    member.page(async (ctx, who) => {
      const account = await find(ctx, who);
      if (account !== undefined) await show(ctx, who, account);
    }),
  );

  router.post(
    `${path}/:id/owners`,
    member.form(
      async (ctx, who, form) => {
        const account = await find(ctx, who);
        if (account === undefined) return;
        const owners = linesOf(form, 'owners');
        const changed = await people.accounts.setOwners(contextOf(who, form), account.id, owners);
        if (!changed.ok) return show(ctx, who, account, changed.error, form.get('owners') ?? '');
        done(ctx, pages, owners.includes(who.account.username) ? pathOf(account) : path, 'service-owners-changed');
      },
      { fresh: true },
    ),
  );

  router.use(
    keyPagesOf(area, `${path}/:id/keys`, async (ctx, who) => {
      const account = await find(ctx, who);
      return (
        account && {
          ...{ accountId: account.id, username: account.username, path: `${pathOf(account)}/keys` },
          ...{ title: t.keysTitle(account.username), lead: t.keysLead },
        }
      );
    }) as never,
  );
  return router.routes() as unknown as Middleware;
}

function firstPage(limit: number) {
  return { limit, after: null };
}
