/** Invitations: made on the page of a group, listed at `/manage/invitations`, and accepted at `/invitation/:secret`. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type PeopleRefusal, refused } from '../../../accounts/refusal.ts';
import type { Invitation } from '../../../groups/requests.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { instantOf, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.groups;
const path = '/manage/invitations';
const managers = { roles: ['manager', 'admin'] } as const;
const day = 86_400_000;

export function invitationPages({ pages, member, people, clock, issuer }: PageArea): Middleware {
  const { groupInvitations } = people;
  const router = new Router();

  function rowOf({ id, groupPath, email, used, uses, expiresAt, until }: Invitation): Row {
    const button = {
      action: `${pages.base}${path}/revoke`,
      hidden: [['invitation', id] as const],
      label: t.revoke,
      name: t.revokeName(groupPath),
      danger: true,
    };
    const end = until === null ? texts.member.withoutEnd : instantText(until);
    return {
      head: { text: groupPath, note: email ?? t.handedOut, button },
      cells: [`${used} / ${uses}`, instantText(expiresAt), end],
    };
  }

  async function show(ctx: Context, who: Member, problem: { error: string; status: number } | null = null) {
    const found = await groupInvitations.list(who.actor, null, pageOf(ctx));
    const page = found.ok ? found.value : { items: [], next: null };
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.invitations,
      lead: t.invitationsLead,
      blocks: [
        {
          kind: 'table',
          columns: [t.group, t.used, t.ends, t.membershipEnd],
          rows: page.items.map(rowOf),
          empty: t.noInvitations,
        },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, page.next) },
      ],
      ...problem,
    });
  }

  router.get(
    path,
    member.page((ctx, who) => show(ctx, who), { roles: ['manager', 'admin', 'reader'] }),
  );
  router.post(
    `${path}/revoke`,
    member.form(async (ctx, who, form) => {
      const revoked = await groupInvitations.revoke(contextOf(who, form), form.get('invitation') ?? '');
      if (revoked.ok) return done(ctx, pages, path, 'invitation-revoked');
      await show(ctx, who, { error: revoked.error.message, status: refusalStatus(revoked.error) });
    }, managers),
  );

  router.post(
    '/manage/group/:group/invitation',
    member.form(async (ctx, who, form) => {
      const end = form.get('membershipEnd')?.trim() ?? '';
      const until = end === '' ? null : instantOf(end);
      const invitation = {
        email: form.get('email')?.trim() || null,
        uses: Number(form.get('uses') || 1),
        expiresAt: clock.now() + Number(form.get('days') || 14) * day,
      };
      const made =
        until === undefined
          ? refused('invalid', t.badInstant, 'membershipEnd')
          : await groupInvitations.create(contextOf(who, form), String(ctx.params.group), { ...invitation, until });
      const back: Block = {
        kind: 'links',
        links: [
          { href: `${pages.base}/manage/group/${encodeURIComponent(String(ctx.params.group))}`, label: t.group },
          { href: `${pages.base}${path}`, label: t.invitations },
        ],
      };
      if (!made.ok) {
        const status = refusalStatus(made.error);
        const error = made.error.message;
        return showSheet(pages, ctx, who, 'account/sheet', { heading: t.invite, error, status, blocks: [back] });
      }
      const text = new URL(`invitation/${made.value.secret}`, issuer).href;
      showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.linkTitle,
        lead: t.linkOnce,
        blocks: [{ kind: 'code', label: t.link, text }, back],
      });
    }, managers),
  );

  // Programs that look at mails open links: only the form behind it makes a member.
  async function showInvitation(ctx: Context, who: Member, refusal: PeopleRefusal | null = null): Promise<void> {
    const secret = String(ctx.params.secret);
    const open = await groupInvitations.find(secret);
    if (open === undefined) {
      const gone = { heading: t.goneTitle, lead: t.gone, status: 404, blocks: [] };
      return showSheet(pages, ctx, who, 'account/sheet', gone);
    }
    const { groupPath, description, createdBy, until } = open;
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.acceptTitle(groupPath),
      lead: t.acceptLead(createdBy),
      blocks: [
        ...(description === null ? [] : [{ kind: 'text', text: description } as const]),
        ...(until === null ? [] : [{ kind: 'text', text: t.acceptEnd(instantText(until)) } as const]),
        {
          ...{ kind: 'form', method: 'post', action: `${pages.base}/invitation/${encodeURIComponent(secret)}` },
          ...{ fields: [], submit: t.accept },
        },
      ],
      ...(refusal !== null && { error: refusal.message, status: refusalStatus(refusal) }),
    });
  }

  router.get(
    '/invitation/:secret',
    member.page((ctx, who) => showInvitation(ctx, who)),
  );
  router.post(
    '/invitation/:secret',
    member.form(async (ctx, who, form) => {
      const joined = await groupInvitations.accept(contextOf(who, form), String(ctx.params.secret));
      if (!joined.ok) return showInvitation(ctx, who, joined.error);
      done(ctx, pages, '/groups', 'group-joined');
    }),
  );
  return router.routes() as unknown as Middleware;
}
