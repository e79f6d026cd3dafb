/** `/account`: who one is here, and what one may change of it; `/account/email`: where the link in the confirming mail leads. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { createHourlyLimit } from '../../hourly-limit.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.account;
const fresh = { fresh: true };

/** What was typed and refused. */
interface Typed {
  readonly values: Readonly<Record<string, string>>;
  readonly field: string;
}

export function profilePages({ pages, member, desk, issuer, clock }: PageArea): Middleware {
  const { profile } = desk;
  const links = createHourlyLimit(clock, 5, 5000);
  const router = new Router();

  async function show(ctx: Context, who: Member, typed?: Typed): Promise<void> {
    const own = await profile.read(who.account.id);
    const error = typed === undefined ? null : (t.faults[typed.field as keyof typeof t.faults] ?? null);
    const at = { heading: t.title, error, ...(typed && { status: 422 }) };
    showSheet(pages, ctx, who, 'account/sheet', { ...at, blocks: [facts(who, own), ...forms(own, typed), download] });
  }

  function facts({ account }: Member, { email, emailVerifiedAt }: Awaited<ReturnType<typeof profile.read>>): Block {
    const mail =
      email === null ? t.none : { text: email, badge: emailVerifiedAt === null ? t.unconfirmed : t.confirmed };
    const now = clock.now();
    const groups = account.memberships.filter(
      ({ from, until }) => (from === null || from <= now) && (until === null || now < until),
    );
    return {
      kind: 'facts',
      facts: [
        [t.username, account.username],
        [t.email, mail],
        [t.subject, { codes: [account.id] }],
        [t.groups, { text: groups.length === 0 ? t.none : '', codes: groups.map(({ group }) => group).slice(0, 50) }],
        ...(account.roles.length > 0 ? [[t.roles, account.roles.join(', ')] as const] : []),
        ...(account.endsAt === null ? [] : [[t.ends, instantText(account.endsAt)] as const]),
      ],
    };
  }

  function forms(own: Awaited<ReturnType<typeof profile.read>>, typed?: Typed): readonly Block[] {
    const value = (name: 'name' | 'affiliation' | 'email') =>
      typed?.values[name] ?? (name === 'email' ? '' : (own[name] ?? ''));
    const errorOf = (name: string) => (typed?.field === name ? t.faults[name as keyof typeof t.faults] : null);
    const field = (name: 'name' | 'affiliation', label: string, autocomplete: string) =>
      ({ id: name, label, value: value(name), maxlength: 200, autocomplete, error: errorOf(name) }) as const;
    return [
      { kind: 'heading', text: t.edit },
      { kind: 'text', look: 'hint', text: t.editHint },
      {
        kind: 'form',
        method: 'post',
        action: `${pages.base}/account`,
        fields: [field('name', t.name, 'name'), field('affiliation', t.affiliation, 'organization')],
        submit: texts.member.save,
      },
      { kind: 'heading', text: t.emailTitle },
      { kind: 'text', look: 'hint', text: t.emailHint },
      {
        kind: 'form',
        method: 'post',
        action: `${pages.base}/account/email`,
        fields: [
          {
            ...{ id: 'email', label: t.emailNew, type: 'email', value: value('email'), required: true },
            ...{ maxlength: 254, autocomplete: 'email', error: errorOf('email') },
          },
        ],
        submit: t.emailSend,
      },
    ];
  }

  const download: Block = { kind: 'links', links: [{ href: `${pages.base}/account/export`, label: t.export }] };

  router.get(
    '/account',
    member.page((ctx, who) => show(ctx, who)),
  );

  router.post(
    '/account',
    member.form(async (ctx, who, form) => {
      const values = { name: form.get('name') ?? '', affiliation: form.get('affiliation') ?? '' };
      const changed = await profile.change(contextOf(who, form), who.account.id, values);
      if (!changed.ok) return show(ctx, who, { values, field: changed.error.field ?? 'name' });
      done(ctx, pages, '/account', 'profile-saved');
    }),
  );

  router.post(
    '/account/email',
    member.form(async (ctx, who, form) => {
      const email = form.get('email') ?? '';
      if (links.take(who.account.id) !== undefined) {
        return showSheet(pages, ctx, who, 'account/sheet', {
          ...{ heading: t.emailTitle, error: t.emailOften, status: 429, blocks: [] },
        });
      }
      const linkOf = (secret: string) => `${new URL('account/email', issuer)}?link=${secret}`;
      const asked = await profile.askForEmail(who.account.id, email, linkOf);
      if (!asked.ok) return show(ctx, who, { values: { email }, field: 'email' });
      done(ctx, pages, '/account', 'email-sent');
      // A new password is sent there: a session that somebody left open must not be enough.
    }, fresh),
  );

  // Programs that look at mails open links: only the form behind it changes anything.
  router.get(
    '/account/email',
    member.page(async (ctx, who) => showLink(ctx, who, queryText(ctx, 'link', 100))),
  );

  router.post(
    '/account/email/confirm',
    member.form(async (ctx, who, form) => {
      const confirmed = await profile.confirmEmail(contextOf(who, form), who.account.id, form.get('link') ?? '');
      if (!confirmed.ok) return showLink(ctx, who, '', t.faults.link);
      done(ctx, pages, '/account', 'email-confirmed');
    }),
  );

  function showLink(ctx: Context, who: Member, link: string, error: string | null = null): void {
    const form: Block = {
      ...{ kind: 'form', method: 'post', action: `${pages.base}/account/email/confirm`, fields: [] },
      ...{ hidden: [['link', link]], submit: t.confirm },
    };
    showSheet(pages, ctx, who, 'account/sheet', {
      ...{ heading: t.confirmTitle, error, status: error === null ? 200 : 404 },
      lead: error === null ? t.confirmLead : null,
      blocks: error === null ? [form] : [],
    });
  }

  return router.routes() as unknown as Middleware;
}
