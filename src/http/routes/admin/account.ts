/** `/admin/accounts/:id`: one account, its history, and everything that may be done with it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { AccountDetails } from '../../../accounts/administration.ts';
import { type PeopleAnswer, refused } from '../../../accounts/refusal.ts';
import type { PageArea } from '../../pages/area.ts';
import { errorPage } from '../../pages/error-page.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { createAccountBlocks } from './account-blocks.ts';
import { linesOf, type Refused, readAccountForm } from './account-form.ts';
import { accountsPath } from './accounts.ts';

const t = texts.accounts;

type Work = (
  context: ChangeContext,
  account: AccountDetails,
  form: URLSearchParams,
) => Promise<PeopleAnswer<AccountDetails | null>>;

export function accountPages({ pages, member, people, clock }: PageArea): Middleware {
  const router = new Router();
  const { accounts } = people;
  const blocks = createAccountBlocks({ base: pages.base, clock });

  async function show(ctx: Context, who: Member, account: AccountDetails, again: Refused | null = null): Promise<void> {
    const filter = { objectKind: 'account', objectId: account.id };
    const history = await people.audit.read(filter, { limit: 20, after: null });
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: account.username,
      blocks: blocks(account, history.items, who.actor.roles.includes('admin'), again),
      ...(again && { error: again.refusal.message, status: refusalStatus(again.refusal) }),
    });
  }

  const find = async (ctx: Context, who: Member) => {
    const found = await accounts.get(who.actor, String(ctx.params.id));
    if (found.ok) return found.value;
    errorPage(pages, ctx, 404, { code: 'not_found', description: null });
    return undefined;
  };

  /** A form below the page of the account. */
  const step = (name: string, said: keyof typeof texts.said, work: Work) =>
    router.post(
      `${accountsPath}/:id${name}`,
      member.form(
        async (ctx, who, form) => {
          const account = await find(ctx, who);
          if (account === undefined) return;
          const changed = await work(contextOf(who, form), account, form);
          if (!changed.ok) return show(ctx, who, account, { form, refusal: changed.error });
          const to = changed.value === null ? accountsPath : `${accountsPath}/${encodeURIComponent(account.id)}`;
          done(ctx, pages, to, said);
        },
        { roles: ['admin'], fresh: true },
      ),
    );

  router.get(
    `${accountsPath}/:id`,
    member.page(
      async (ctx, who) => {
        const account = await find(ctx, who);
        if (account !== undefined) await show(ctx, who, account);
      },
      { roles: ['admin', 'reader'] },
    ),
  );
  router.get(
    `${accountsPath}/:id/export`,
    member.page((ctx, who) => download(ctx, who, String(ctx.params.id)), { roles: ['admin', 'reader'] }),
  );
  router.get(
    '/account/export',
    member.page((ctx, who) => download(ctx, who, who.account.id)),
  );

  async function download(ctx: Context, who: Member, id: string): Promise<void> {
    const exported = await accounts.export(who.actor, id);
    if (!exported.ok) return errorPage(pages, ctx, 404, { code: 'not_found', description: null });
    ctx.set('Content-Disposition', 'attachment; filename="account.json"');
    ctx.type = 'application/json';
    ctx.body = `${JSON.stringify(exported.value, null, 2)}\n`;
  }

  step('', 'account-changed', async (context, { id }, form) => {
    const fields = readAccountForm(form);
    return fields.ok ? accounts.change(context, id, fields.value) : fields;
  });
  step('/suspend', 'account-suspended', (context, { id }) => accounts.suspend(context, id));
  step('/restore', 'account-restored', (context, { id }) => accounts.restore(context, id));
  step('/owners', 'owners-changed', (context, { id }, form) =>
    accounts.setOwners(context, id, linesOf(form, 'owners')),
  );
  step('/remove', 'account-removed', async (context, { id, username }, form) =>
    form.get('confirm')?.trim() === username
      ? accounts.remove(context, id)
      : refused('invalid', t.notConfirmed, 'confirm'),
  );
  step('/merge', 'account-merged', async (context, { id }, form) => {
    const duplicate = await accounts.findByUsername(context.actor, form.get('duplicate')?.trim() ?? '');
    return duplicate.ok ? accounts.merge(context, id, duplicate.value.id) : duplicate;
  });
  return router.routes() as unknown as Middleware;
}
