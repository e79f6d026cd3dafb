/** `/manage/group/:group`: one group for its managers and administrators: members, managers, what is below it, its past. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { ChangeContext } from '../../../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../../../accounts/refusal.ts';
import type { Group } from '../../../groups/administration.ts';
import { mayManage, mayManageFromAbove } from '../../../groups/group-permissions.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { instantText } from '../../pages/parts.ts';
import { instantOf, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { linesOf } from '../admin/account-form.ts';
import { createGroupBlocks } from './group-blocks.ts';
import type { RefusedForm } from './group-list.ts';

const t = texts.groups;
const place = '/manage/group/:group';
const managers = { roles: ['manager', 'admin'] } as const;

export function groupPages(area: PageArea): Middleware {
  const { pages, member, people, accounts } = area;
  const { groups } = people;
  const blocks = createGroupBlocks(area);
  const router = new Router();

  async function show(ctx: Context, who: Member, again: RefusedForm | null = null, said: string | null = null) {
    const found = await groups.get(who.actor, String(ctx.params.group));
    const members = found.ok ? await blocks.members(ctx, who, found.value) : found;
    if (!found.ok || !members.ok) return showNone(ctx, who, found.ok ? members : found);
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: found.value.path,
      lead: found.value.description,
      blocks: [
        ...(said === null ? [] : [{ kind: 'text', text: said, look: 'note' } as const]),
        { kind: 'contents', label: t.contents },
        ...members.value,
        ...(await partsOf(who, found.value, again)),
      ],
      ...(again && { error: again.refusal.message, status: refusalStatus(again.refusal) }),
    });
  }

  async function partsOf(who: Member, group: Group, again: RefusedForm | null): Promise<readonly Block[]> {
    const managed = await people.managedBy(who.account.id);
    const mayChange = mayManage(who.actor, managed, group.path);
    const forms = (made: (group: Group, again: RefusedForm | null) => Block[]) => (mayChange ? made(group, again) : []);
    return [
      ...forms(blocks.memberForm),
      ...(await blocks.managers(who, group, mayChange)),
      ...forms(blocks.invitation),
      ...(await blocks.below(who, group)),
      ...(mayChange ? blocks.change(who, group) : []),
      ...(mayManageFromAbove(who.actor, managed, group.path) ? blocks.place(group, again) : []),
      ...(await blocks.history(who, group)),
    ];
  }

  function showNone(ctx: Context, who: Member, answer: PeopleAnswer<unknown>): void {
    if (answer.ok) return;
    const { error } = answer;
    const status = refusalStatus(error);
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.adminTitle, error: error.message, status, blocks: [] });
  }

  /** A form of the page: what it does, and what is said when it is done. */
  const step = (
    path: string,
    said: keyof typeof texts.said,
    work: (context: ChangeContext, id: string, form: URLSearchParams) => Promise<PeopleAnswer<unknown>>,
    after: (id: string) => string = (id) => `/manage/group/${id}`,
  ) =>
    router.post(
      `${place}${path}`,
      member.form(async (ctx, who, form) => {
        const id = String(ctx.params.group);
        const answer = await work(contextOf(who, form), id, form);
        if (!answer.ok) return show(ctx, who, { form, refusal: answer.error });
        done(ctx, pages, after(id), said);
      }, managers),
    );

  router.get(
    place,
    member.page((ctx, who) => show(ctx, who), { roles: ['manager', 'admin', 'reader'] }),
  );

  step('', 'group-changed', (context, id, form) => {
    const change = { description: form.get('description')?.trim() || null };
    const isAdmin = context.actor.roles.includes('admin');
    return groups.change(context, id, { ...change, ...(isAdmin && { isDefault: form.get('isDefault') === 'yes' }) });
  });

  step('/member', 'member-saved', async (context, id, form) => {
    const [from, until] = ['from', 'until'].map((name) => dateOf(form, name));
    if (from === undefined) return refused('invalid', t.badInstant, 'from');
    if (until === undefined) return refused('invalid', t.badInstant, 'until');
    // Who may not manage the group learns nothing of who has an account.
    const seen = await groups.managers(context.actor, id);
    if (!seen.ok) return seen;
    const account = await accounts.findByUsername(form.get('username')?.trim() ?? '');
    if (account === undefined) return refused('not-found', t.noAccount, 'username');
    return groups.setMember(context, id, account.account.id, { from, until });
  });

  router.post(
    `${place}/remove-member`,
    member.form(async (ctx, who, form) => {
      const id = String(ctx.params.group);
      const removed = await groups.removeMember(contextOf(who, form), id, form.get('account') ?? '');
      if (!removed.ok) return show(ctx, who, { form, refusal: removed.error });
      const { count, latestExpiry } = removed.value;
      if (latestExpiry === null) return done(ctx, pages, `/manage/group/${id}`, 'member-removed');
      await show(ctx, who, null, t.tokensOut(count, instantText(latestExpiry)));
    }, managers),
  );

  step('/managers', 'managers-saved', (context, id, form) =>
    groups.setManagers(context, id, linesOf(form, 'managers')),
  );

  router.post(
    `${place}/preview`,
    member.form(async (ctx, who, form) => {
      const id = String(ctx.params.group);
      const to = form.get('newPath')?.trim() ?? '';
      const preview = await groups.previewMove(who.actor, id, to);
      const group = await groups.get(who.actor, id);
      if (!preview.ok) return show(ctx, who, { form, refusal: { ...preview.error, field: 'newPath' } });
      if (!group.ok) return showNone(ctx, who, group);
      const heading = t.previewTitle(group.value.path, to);
      const { move } = blocks;
      showSheet(pages, ctx, who, 'account/sheet', { heading, blocks: move(group.value, to, preview.value) });
    }, managers),
  );
  step('/move', 'group-moved', (context, id, form) => groups.move(context, id, form.get('newPath')?.trim() ?? ''));
  step('/delete', 'group-deleted', groups.remove, () => '/manage');

  return router.routes() as unknown as Middleware;
}

/** Null: empty; undefined: no date. */
function dateOf(form: URLSearchParams, name: string): number | null | undefined {
  const text = form.get(name)?.trim() ?? '';
  return text === '' ? null : instantOf(text);
}
