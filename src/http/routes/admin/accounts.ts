/** `/admin/accounts`: all accounts, to search and filter, and the form of a new one. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Role } from '../../../accounts/account.ts';
import type { AccountFilter, AccountSummary } from '../../../accounts/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { type Field, instantText, pageOf, pagerOf } from '../../pages/parts.ts';
import { queryText, showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { accountFields, type Refused, readAccountForm, roleNames } from './account-form.ts';

const t = texts.accounts;
export const accountsPath = '/admin/accounts';

export function accountListPages({ pages, member, people, clock }: PageArea): Middleware {
  const router = new Router();

  async function show(ctx: Context, who: Member, again: Refused | null = null): Promise<void> {
    const found = await people.accounts.list(who.actor, readFilter(ctx), pageOf(ctx));
    const list = found.ok ? found.value : { items: [], next: null };
    const blocks: Block[] = [
      searchForm(ctx),
      {
        kind: 'table',
        columns: [t.username, t.name, t.email, t.state, t.ends, t.lastLogin],
        rows: list.items.map(rowOf),
        empty: t.none,
      },
      { kind: 'pager', pager: pagerOf(ctx, pages.base, list.next) },
      ...(who.actor.roles.includes('admin') ? newForm(again) : []),
    ];
    showSheet(pages, ctx, who, 'admin/sheet', {
      ...{ heading: t.title, lead: t.lead, blocks },
      ...(again && { error: again.refusal.message, status: refusalStatus(again.refusal) }),
    });
  }

  function rowOf(account: AccountSummary): Row {
    const { id, username, kind, roles, name, email, endsAt, lastLoginAt } = account;
    const notes = [...(kind === 'service' ? [t.kinds.service] : []), ...roles];
    return {
      head: {
        ...{ href: `${pages.base}${accountsPath}/${encodeURIComponent(id)}`, text: username },
        ...(notes.length > 0 && { note: notes.join(', ') }),
      },
      cells: [
        name ?? '',
        email ?? '',
        stateBadge(account, clock.now()),
        endsAt === null ? '' : instantText(endsAt),
        lastLoginAt === null ? texts.member.never : instantText(lastLoginAt),
      ],
    };
  }

  function newForm(again: Refused | null): Block[] {
    const kind: Field = {
      ...{ id: 'kind', label: t.kind, type: 'select', value: again?.form.get('kind') ?? 'person' },
      options: Object.entries(t.kinds),
    };
    const reason = { id: 'reason', label: texts.member.reason, hint: texts.member.reasonHint, maxlength: 1000 };
    return [
      { kind: 'heading', text: t.create },
      { kind: 'text', look: 'hint', text: t.createHint },
      {
        ...{ kind: 'form', method: 'post', action: `${pages.base}${accountsPath}`, submit: t.make },
        fields: [kind, ...accountFields(null, again), reason],
      },
    ];
  }

  function searchForm(ctx: Context): Block {
    const choice = (id: string, label: string, options: readonly (readonly [string, string])[]): Field => ({
      ...{ id: `filter-${id}`, name: id, label, type: 'select', value: queryText(ctx, id) },
      options: [['', t.any], ...options],
    });
    return {
      ...{ kind: 'form', method: 'get', filters: true, action: `${pages.base}${accountsPath}`, submit: t.show },
      fields: [
        {
          ...{ id: 'search', label: t.search, hint: t.searchHint, type: 'search', maxlength: 200 },
          value: queryText(ctx, 'search', 200),
        },
        choice('state', t.state, [
          ['active', t.states.active],
          ['suspended', t.states.suspended],
        ]),
        choice('kind', t.kind, Object.entries(t.kinds)),
        choice('role', t.role, Object.entries(t.roleNames)),
        { id: 'ownerless', label: t.ownerless, type: 'checkbox', checked: ctx.query.ownerless === 'yes' },
      ],
    };
  }

  router.get(
    accountsPath,
    member.page((ctx, who) => show(ctx, who), { roles: ['admin', 'reader'] }),
  );
  router.post(
    accountsPath,
    member.form(
      async (ctx, who, form) => {
        const fields = readAccountForm(form);
        if (!fields.ok) return show(ctx, who, { form, refusal: fields.error });
        const kind = form.get('kind') === 'service' ? 'service' : 'person';
        const made = await people.accounts.create(contextOf(who, form), { ...fields.value, kind });
        if (!made.ok) return show(ctx, who, { form, refusal: made.error });
        done(ctx, pages, `${accountsPath}/${encodeURIComponent(made.value.id)}`, 'account-created');
      },
      { roles: ['admin'], fresh: true },
    ),
  );
  return router.routes() as unknown as Middleware;
}

/** An account past its end is as good as suspended, before anything runs. */
export function stateBadge({ state, endsAt }: Pick<AccountSummary, 'state' | 'endsAt'>, now: number): Cell {
  const shown = state === 'active' && endsAt !== null && endsAt <= now ? 'ended' : state;
  return { badge: t.states[shown], tone: shown === 'active' ? 'good' : 'bad' };
}

function readFilter(ctx: Context): AccountFilter {
  const oneOf = <T extends string>(name: string, values: readonly T[]) =>
    values.find((value) => value === queryText(ctx, name));
  return {
    search: queryText(ctx, 'search', 200) || undefined,
    state: oneOf('state', ['active', 'suspended']),
    kind: oneOf('kind', ['person', 'service']),
    role: oneOf<Role>('role', roleNames),
    ownerless: ctx.query.ownerless === 'yes' || undefined,
  };
}
