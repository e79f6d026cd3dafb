/** `/account/policy`: what one has agreed to, agreeing again at any time, and agreeing for service accounts that one owns. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { hasAgreed } from '../../../accounts/account.ts';
import type { PageArea } from '../../pages/area.ts';
import { contextOf, done, type Member, refusalStatus, saidOf } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { policyText, signatureRow } from '../../pages/policy-text.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.policy;
const path = '/account/policy';

export function policyPages({ pages, member, people, clock }: PageArea): Middleware {
  const { acceptableUse } = people;
  const router = new Router();

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who)),
  );
  router.post(
    path,
    member.form(async (ctx, who, form) => {
      const account = form.get('account') ?? who.account.id;
      const version = form.get('version') ?? '';
      const signed = await acceptableUse.sign(contextOf(who, form), account, version, form.get('digest') ?? '');
      if (!signed.ok) return show(ctx, who, { error: signed.error.message, status: refusalStatus(signed.error) });
      done(ctx, pages, path, account === who.account.id ? 'policy-agreed' : 'policy-agreed-for');
    }),
  );
  return router.routes() as unknown as Middleware;

  async function show(
    ctx: Context,
    { account, csrf, frame }: Member,
    { error = null as string | null, status = 200 } = {},
  ): Promise<void> {
    const { present, coming, agreedUntil, signatures } = await acceptableUse.standingOf(account.id);
    const isAgreed = hasAgreed({ ...account, agreedUntil }, clock.now());
    const untilText = (until: number | null) =>
      until === null ? texts.member.withoutEnd : until <= clock.now() ? t.notAgreed : instantText(until);
    const standing = isAgreed ? (agreedUntil === null ? t.agreed : t.agreedUntil(instantText(agreedUntil))) : t.missing;
    const model = {
      csrf,
      action: `${pages.base}${path}`,
      said: saidOf(ctx),
      error,
      present: present && policyText(present),
      coming: coming && policyText(coming),
      isAgreed,
      standing,
      signatures: signatures.map(signatureRow),
      owned: (await acceptableUse.ownedBy(account.id)).map(({ accountId, username, agreedUntil: until }) => ({
        accountId,
        username,
        until: untilText(until),
      })),
    };
    pages.render(ctx, 'enrolment/policy', model, { status, heading: t.title, member: frame });
  }
}
