/** The parts of the page of one group. */
import type { Context } from 'koa';
import type { PeopleAnswer, PeopleRefusal } from '../../../accounts/refusal.ts';
import type { Group, GroupMember, MovePreview } from '../../../groups/administration.ts';
import { ok } from '../../../shared/result.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import type { Member } from '../../pages/member.ts';
import { type Field, instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { groupHref, type RefusedForm } from './group-list.ts';

const t = texts.groups;
const mostBelow = 50;
const mostHistory = 20;

export function createGroupBlocks({ pages, people }: Pick<PageArea, 'pages' | 'people'>) {
  const { groups } = people;
  const hrefOf = ({ id }: Group) => groupHref(pages.base, id);

  return {
    async members(ctx: Context, who: Member, group: Group): Promise<PeopleAnswer<Block[]>> {
      const search = queryText(ctx, 'search', 200);
      const found = await groups.members(who.actor, group.id, { ...pageOf(ctx), search: search || undefined });
      if (!found.ok) return found;
      const field = { id: 'search', label: t.username, type: 'search', maxlength: 200, value: search } as const;
      const rowOf = ({ accountId, username, name, from, until, reason }: GroupMember): Row => ({
        head: {
          text: username,
          button: {
            action: `${hrefOf(group)}/remove-member`,
            hidden: [['account', accountId]],
            label: t.remove,
            name: t.removeName(username),
            danger: true,
          },
        },
        cells: [name ?? '', from === null ? '' : instantText(from), endText(until), reason ?? ''],
      });
      return ok([
        { kind: 'heading', text: t.members },
        { kind: 'form', method: 'get', filters: true, action: hrefOf(group), fields: [field], submit: t.find },
        {
          kind: 'table',
          columns: [t.username, t.name, t.from, t.until, t.reason],
          rows: found.value.items.map(rowOf),
          empty: t.noMembers,
        },
        { kind: 'pager', pager: pagerOf(ctx, pages.base, found.value.next) },
      ]);
    },

    memberForm(group: Group, again: RefusedForm | null): Block[] {
      const field = fieldsOf(again, 'username');
      const date = { hint: t.times, type: 'datetime-local' } as const;
      return [
        { kind: 'heading', text: t.add },
        { kind: 'text', text: t.addHint, look: 'hint' },
        {
          ...{ kind: 'form', method: 'post', action: `${hrefOf(group)}/member`, submit: t.setMember },
          fields: [
            field('username', t.username, { required: true, maxlength: 255, autocomplete: 'off' }),
            field('from', t.from, date),
            field('until', t.until, date),
            field('reason', texts.member.reason, { hint: texts.member.reasonHint, maxlength: 1000 }),
          ],
        },
      ];
    },

    async managers(who: Member, group: Group, mayChange: boolean): Promise<Block[]> {
      const found = await groups.managers(who.actor, group.id);
      const names = found.ok ? found.value : [];
      const value = names.join('\n');
      const fields: Field[] = [
        { id: 'managers', label: t.managers, hint: t.managersHint, type: 'textarea', rows: 3, value },
      ];
      return [
        { kind: 'heading', text: t.managers },
        mayChange
          ? postForm(`${hrefOf(group)}/managers`, fields, t.saveManagers)
          : { kind: 'text', text: names.join(', ') || t.noManagers },
      ];
    },

    invitation(group: Group, again: RefusedForm | null): Block[] {
      const field = fieldsOf(again, 'email');
      return [
        { kind: 'heading', text: t.invite },
        { kind: 'text', text: t.inviteHint, look: 'hint' },
        postForm(
          `${hrefOf(group)}/invitation`,
          [
            field('email', t.email, { type: 'email', maxlength: 254, autocomplete: 'off' }),
            field('uses', t.uses, { type: 'number', inputmode: 'numeric' }, '1'),
            field('days', t.days, { type: 'number', inputmode: 'numeric' }, '14'),
            field('membershipEnd', t.membershipEnd, { type: 'datetime-local', hint: t.times }),
          ],
          t.makeLink,
        ),
      ];
    },

    async below(who: Member, group: Group): Promise<Block[]> {
      const found = await groups.list(
        who.actor,
        { under: group.path, direct: true },
        { limit: mostBelow, after: null },
      );
      const rows = (found.ok ? found.value.items : []).map((one) => ({
        head: { href: hrefOf(one), text: one.path },
        cells: [one.description ?? ''],
      }));
      return [
        { kind: 'heading', text: t.below },
        { kind: 'table', columns: [t.group, t.description], rows, empty: t.noneBelow },
      ];
    },

    change(who: Member, group: Group): Block[] {
      const description = { id: 'description', label: t.description, maxlength: 1000, value: group.description ?? '' };
      const isDefault = { id: 'isDefault', label: t.isDefault, type: 'checkbox', checked: group.isDefault } as const;
      const fields = who.actor.roles.includes('admin') ? [description, isDefault] : [description];
      return [{ kind: 'heading', text: t.edit }, postForm(hrefOf(group), fields, texts.member.save)];
    },

    /** For who manages what is above it. */
    place(group: Group, again: RefusedForm | null): Block[] {
      const field = fieldsOf(again, 'newPath');
      return [
        { kind: 'heading', text: t.move },
        { kind: 'text', text: t.moveHint, look: 'hint' },
        postForm(
          `${hrefOf(group)}/preview`,
          [field('newPath', t.newPath, { required: true, maxlength: 512 }, group.path)],
          t.preview,
        ),
        { kind: 'heading', text: t.delete },
        { kind: 'text', text: t.deleteHint, look: 'hint' },
        { ...postForm(`${hrefOf(group)}/delete`, [], t.delete), danger: true },
      ];
    },

    move(group: Group, to: string, preview: MovePreview): Block[] {
      const rows = preview.groups.map(([was, becomes]) => ({ head: { codes: [was] }, cells: [{ codes: [becomes] }] }));
      const form = postForm(`${hrefOf(group)}/move`, [], t.moveIt);
      const cancel = { href: hrefOf(group), label: texts.member.back };
      return [
        { kind: 'text', text: t.previewCount(preview.groupCount) },
        { kind: 'table', columns: [t.was, t.becomes], rows, empty: '' },
        { kind: 'heading', text: t.rules },
        preview.rules.length === 0
          ? { kind: 'text', text: t.noRules }
          : { kind: 'list', items: preview.rules.map((rule) => ({ codes: [rule] })) },
        { ...form, hidden: [['newPath', to]], cancel },
      ];
    },

    async history(who: Member, group: Group): Promise<Block[]> {
      const found = await groups.history(who.actor, group.id, { limit: mostHistory, after: null });
      const rows = (found.ok ? found.value.items : []).map(({ at, change, accountId, actor, reason }) => ({
        head: instantText(at),
        cells: [t.changes[change], { codes: [accountId] }, actor, reason ?? ''],
      }));
      const columns = [t.when, t.change, t.who, t.by, t.reason];
      return [{ kind: 'table', folded: t.history, columns, rows, empty: t.noHistory }];
    },
  };
}

type PostForm = Extract<Block, { kind: 'form' }>;

function postForm(action: string, fields: readonly Field[], submit: string): PostForm {
  return { kind: 'form', method: 'post', action, fields, submit };
}

/** Fields with what was typed and refused, where the refused form was the one that has the field `mark`. */
function fieldsOf(again: RefusedForm | null, mark: string) {
  const typed = again?.form.has(mark) ? again : null;
  return (id: string, label: string, rest: Partial<Field>, usual = ''): Field => ({
    ...{ id, label, value: typed?.form.get(id) ?? usual, error: errorOf(typed?.refusal, id) },
    ...rest,
  });
}

function errorOf(refusal: PeopleRefusal | undefined, id: string): string | null {
  return refusal?.field === id ? refusal.message : null;
}

function endText(until: number | null): string {
  return until === null ? texts.member.withoutEnd : instantText(until);
}
