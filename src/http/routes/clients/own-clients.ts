/** `/account/clients`: the clients that one looks after, and new ones within the limits of dynamic registration. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../../accounts/refusal.ts';
import type { ClientInvitation, CreatedClient } from '../../../clients/administration.ts';
import { readGrants } from '../../../clients/granted-schema.ts';
import { isEmptyGrants } from '../../../clients/grants.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block, Row } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { pageOf, pagerOf } from '../../pages/parts.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import { columnsOf, rowOf } from './client-blocks.ts';
import { type FormState, field, grantFields, lines, noteField } from './client-fields.ts';
import { grantsOf, kindOf, newDefinition, textOf } from './client-forms.ts';
import { showSecret } from './show-secret.ts';

const t = texts.clients;
const path = '/account/clients';

export function ownClientPages(area: PageArea): Middleware {
  const { pages, member, people, snapshots } = area;
  const base = `${pages.base}${path}`;
  const router = new Router();

  router.get(
    path,
    member.page(async (ctx, who) => {
      const found = await people.clients.list(who.actor, { owner: who.account.id }, pageOf(ctx));
      if (!found.ok) return refused(ctx, who, found.error);
      const invitations = await people.clients.invitations(who.actor);
      showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.title,
        lead: t.lead,
        blocks: [
          ...invitationBlocks(invitations),
          {
            kind: 'table',
            columns: columnsOf(true),
            rows: found.value.items.map((one) => rowOf(one, `${base}/${encodeURIComponent(one.clientId)}`, true)),
            empty: t.none,
          },
          { kind: 'pager', pager: pagerOf(ctx, pages.base, found.value.next) },
          mayCreate(who)
            ? { kind: 'links', links: [{ href: `${base}/new`, label: t.create }] }
            : { kind: 'text', look: 'hint', text: t.nobodyMay },
        ],
      });
    }),
  );

  router.post(
    `${path}/invitations`,
    member.form(
      async (ctx, who, form) => {
        const accept = form.get('answer') === 'accept';
        const answered = await people.clients.answerInvitation(contextOf(who, form), form.get('client') ?? '', accept);
        if (!answered.ok) return refused(ctx, who, answered.error);
        done(ctx, pages, path, 'client-invitation-answered');
      },
      { fresh: true },
    ),
  );

  router.get(
    `${path}/new`,
    member.page(async (ctx, who) => showNew(ctx, who, {}), { fresh: true }),
  );

  router.post(
    `${path}/new`,
    member.form(
      async (ctx, who, form) => {
        const kind = kindOf(form);
        if (kind === undefined) return showNew(ctx, who, { given: form });
        const asked = readGrants(grantsOf(form));
        if (!asked.ok) return showNew(ctx, who, { given: form, refusal: asked.error });
        const asks = !isEmptyGrants(asked.value);
        if (asks && textOf(form, 'note') === '') {
          const refusal = { code: 'invalid', message: t.noteHint, field: 'note' } as const;
          return showNew(ctx, who, { given: form, refusal });
        }
        const context = contextOf(who, form);
        const created = await people.clients.create(context, { definition: newDefinition(kind, form) });
        if (!created.ok) return showNew(ctx, who, { given: form, refusal: created.error });
        const { clientId } = created.value.client;
        const requested = asks ? await people.clients.ask(context, clientId, asked.value, textOf(form, 'note')) : null;
        answerCreated(ctx, who, created.value, requested?.ok === false ? requested.error.message : null);
      },
      { fresh: true },
    ),
  );

  return router.routes() as unknown as Middleware;

  function mayCreate({ actor }: Member): boolean {
    return snapshots.current().registration.allow !== 'nobody' || actor.roles.includes('admin');
  }

  /** The secret is in this answer and nowhere else, so that there is no page to go back to. */
  function answerCreated(ctx: Context, who: Member, { client, secret }: CreatedClient, error: string | null): void {
    const href = `${base}/${encodeURIComponent(client.clientId)}`;
    showSecret(area, ctx, who, { view: 'account/sheet', heading: t.madeTitle, client, secret, href, error });
  }

  function showNew(ctx: Context, who: Member, state: FormState): void {
    const { refusal } = state;
    const isOfField = refusal?.field !== undefined && shownFields.includes(refusal.field);
    const form: Block = {
      kind: 'form',
      action: `${base}/new`,
      method: 'post',
      fields: [
        field(state, 'kind', t.kind, 'web', { type: 'select', options: Object.entries(t.kinds) }),
        field(state, 'name', t.name, '', { hint: t.nameHint, maxlength: 200, required: true }),
        lines(state, 'redirectUris', t.redirectUris, [], { hint: t.redirectUrisHint }),
        lines(state, 'contacts', t.contacts, [], { hint: t.contactsHint }),
        ...grantFields(state, {}, false),
        noteField(state, false),
      ],
      submit: t.submit,
      cancel: { href: base, label: texts.member.back },
    };
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.create,
      error: refusal === undefined ? null : isOfField ? texts.clients.check : withField(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: mayCreate(who) ? [form] : [{ kind: 'text', text: t.nobodyMay }],
    });
  }

  function refused(ctx: Context, who: Member, refusal: PeopleRefusal): void {
    const error = refusal.message;
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.title,
      error,
      status: refusalStatus(refusal),
      blocks: [],
    });
  }

  function invitationBlocks(invitations: readonly ClientInvitation[]): Block[] {
    if (invitations.length === 0) return [];
    const rows = invitations.map(({ clientId, clientName, invitedBy }): Row => {
      const name = clientName ?? clientId;
      const button = (answer: 'accept' | 'decline', label: string, called: string) => ({
        ...{ action: `${base}/invitations`, label, name: called, danger: answer === 'decline' },
        hidden: [
          ['client', clientId],
          ['answer', answer],
        ] as const,
      });
      return {
        head: name,
        cells: [
          invitedBy,
          { button: button('accept', t.accept, t.acceptName(name)) },
          { button: button('decline', t.decline, t.declineName(name)) },
        ],
      };
    });
    return [
      { kind: 'heading', text: t.invitations },
      { kind: 'table', columns: [t.name, t.invitedBy, t.accept, t.decline], rows, empty: '' },
    ];
  }
}

const shownFields = ['name', 'redirectUris', 'contacts', 'scopes', 'grantTypes', 'note'];

/** Names the field where the page has none of it. */
export function withField({ field: name, message }: PeopleRefusal): string {
  return name === undefined ? message : `\`${name}\`: ${message}`;
}
