/** `/admin/accounts/:id/sign-in`: with what an account signs in and what services know it by; changed by administrators, with a reason. */
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
import type { Refused } from './account-form.ts';
import { createWaysBlocks, partsOf } from './account-ways-blocks.ts';
import { accountsPath } from './accounts.ts';

const t = texts.knownAs;

type Work = (context: ChangeContext, accountId: string, form: URLSearchParams) => Promise<PeopleAnswer<unknown>>;

export function accountWaysPages({ pages, member, people }: PageArea): Middleware {
  const { accounts, knownAs, upstreams } = people;
  const { factors } = people.security;
  const router = new Router();

  async function show(ctx: Context, who: Member, account: AccountDetails, again: Refused | null = null): Promise<void> {
    const known = await knownAs.read(who.actor, account.id);
    if (!known.ok) return notFound(ctx);
    const providers = await upstreams.list();
    const blocks = createWaysBlocks({
      here: `${pages.base}${accountsPath}/${encodeURIComponent(account.id)}`,
      known: known.value,
      factors: await factors.read(account.id),
      providers,
      mayWrite: who.actor.roles.includes('admin'),
      isOwn: who.account.id === account.id,
      again,
    });
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: t.title(account.username),
      lead: t.lead,
      blocks,
      ...(again && { error: again.refusal.message, status: refusalStatus(again.refusal) }),
    });
  }

  const notFound = (ctx: Context) => errorPage(pages, ctx, 404, { code: 'not_found', description: null });

  const find = async (ctx: Context, who: Member) => {
    const found = await accounts.get(who.actor, String(ctx.params.id));
    if (found.ok) return found.value;
    notFound(ctx);
    return undefined;
  };

  const step = (name: string, said: keyof typeof texts.said, work: Work) =>
    router.post(
      `${accountsPath}/:id/${name}`,
      member.form(
        async (ctx, who, form) => {
          const account = await find(ctx, who);
          if (account === undefined) return;
          const context = contextOf(who, form);
          const changed = context.reason === null ? noReason() : await work(context, account.id, form);
          if (!changed.ok) return show(ctx, who, account, { form, refusal: changed.error });
          done(ctx, pages, `${accountsPath}/${encodeURIComponent(account.id)}/sign-in`, said);
        },
        { roles: ['admin'], fresh: true },
      ),
    );

  router.get(
    `${accountsPath}/:id/sign-in`,
    member.page(
      async (ctx, who) => {
        const account = await find(ctx, who);
        if (account !== undefined) await show(ctx, who, account);
      },
      { roles: ['admin', 'reader'] },
    ),
  );

  step('identities', 'known-as-changed', (context, id, form) =>
    knownAs.link(context, id, { issuer: textOf(form, 'issuer'), subject: textOf(form, 'subject') }),
  );
  step('identities/remove', 'known-as-changed', (context, id, form) => {
    const [issuer = '', subject = ''] = partsOf(form.get('which'));
    return knownAs.unlink(context, id, { issuer, subject });
  });
  step('ssh-keys', 'known-as-changed', (context, id, form) =>
    knownAs.addSshKey(context, id, { key: textOf(form, 'key'), label: null }),
  );
  step('ssh-keys/remove', 'known-as-changed', (context, id, form) => {
    const [fingerprint = ''] = partsOf(form.get('which'));
    return knownAs.removeSshKey(context, id, fingerprint);
  });
  step('certificates', 'known-as-changed', (context, id, form) => {
    const said = textOf(form, 'certificate');
    const issuer = textOf(form, 'authority');
    return knownAs.addCertificate(context, id, said.includes('-----BEGIN') ? { pem: said } : { subject: said, issuer });
  });
  step('certificates/remove', 'known-as-changed', (context, id, form) => {
    const [subject = '', issuer = ''] = partsOf(form.get('which'));
    return knownAs.removeCertificate(context, id, { subject, issuer });
  });
  step('factors', 'factors-removed', (context, id) => factors.removeAll(context, id));
  return router.routes() as unknown as Middleware;
}

function textOf(form: URLSearchParams, name: string): string {
  return form.get(name)?.trim() ?? '';
}

const noReason = () => refused('invalid', t.reasonMissing, 'reason');
