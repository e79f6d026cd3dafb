/** `/account/clients/{id}`: one client of one's own, and what its owner may do with it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer, PeopleRefusal } from '../../../accounts/refusal.ts';
import type { ClientDetails } from '../../../clients/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import {
  configurationBlocks,
  factsOf,
  nameOf,
  ownerBlock,
  requestBlock,
  rightsOf,
  secretBlocks,
  suspensionBlocks,
} from './client-blocks.ts';
import { type FormState, field, grantFields, noteField, ownerFields } from './client-fields.ts';
import { grantsOf, ownerChange, textOf } from './client-forms.ts';
import { withField } from './own-clients.ts';
import { showSecret } from './show-secret.ts';

const t = texts.clients;
const path = '/account/clients';

/** Of the newest kind of each list on the page. */
const mostRequests = 50;

/** Whoever finds a browser open must not leave with a client's secret or rights. */
const fresh = { fresh: true } as const;

export function ownClientPage(area: PageArea): Middleware {
  const { pages, member, people, snapshots, issuer } = area;
  const { clients } = people;
  const router = new Router();
  const placeOf = (clientId: string) => `${path}/${encodeURIComponent(clientId)}`;

  router.get(
    `${path}/:id`,
    member.page((ctx, who) => show(ctx, who, {})),
  );
  router.get(
    `${path}/:id/edit`,
    member.page((ctx, who) => showEdit(ctx, who, {}), fresh),
  );
  router.get(
    `${path}/:id/delete`,
    member.page(async (ctx, who) => {
      const found = await clients.get(who.actor, idOf(ctx));
      if (!found.ok) return unknown(ctx, who);
      const place = `${pages.base}${placeOf(idOf(ctx))}`;
      const cancel = { href: place, label: texts.member.back };
      showSheet(pages, ctx, who, 'account/sheet', {
        heading: t.deleteName(nameOf(found.value)),
        lead: t.deleteHint,
        blocks: [
          {
            kind: 'form',
            action: `${place}/delete`,
            method: 'post',
            fields: [],
            submit: t.delete,
            danger: true,
            cancel,
          },
        ],
      });
    }, fresh),
  );
  router.post(
    `${path}/:id/edit`,
    member.form(async (ctx, who, form) => {
      const change = ownerChange(form);
      const refusal = { code: 'invalid', message: texts.adminClients.definitionBad, field: 'jwks' } as const;
      if (!change.ok) return showEdit(ctx, who, { given: form, refusal });
      const changed = await clients.change(contextOf(who, form), idOf(ctx), change.value);
      if (!changed.ok) return showEdit(ctx, who, { given: form, refusal: changed.error });
      done(ctx, pages, placeOf(idOf(ctx)), 'client-changed');
    }, fresh),
  );
  router.post(
    `${path}/:id/secrets`,
    member.form(async (ctx, who, form) => {
      const days = Number(textOf(form, 'overlapDays') || '14');
      const added = await clients.addSecret(contextOf(who, form), idOf(ctx), days);
      if (!added.ok) return show(ctx, who, { refusal: added.error });
      const { client, secret } = added.value;
      const href = `${pages.base}${placeOf(client.clientId)}`;
      showSecret(area, ctx, who, { view: 'account/sheet', heading: t.secretTitle, client, secret, href });
    }, fresh),
  );
  const act = (
    step: string,
    said: keyof typeof texts.said,
    work: (ctx: Context, who: Member, form: URLSearchParams) => Promise<PeopleAnswer<unknown>>,
    to: (clientId: string) => string = placeOf,
  ) =>
    router.post(
      `${path}/:id/${step}`,
      member.form(async (ctx, who, form) => {
        const answer = await work(ctx, who, form);
        if (!answer.ok) return show(ctx, who, { given: form, refusal: answer.error });
        done(ctx, pages, to(idOf(ctx)), said);
      }, fresh),
    );
  act('secrets/end', 'client-secret-ended', (ctx, who, form) =>
    clients.endSecret(contextOf(who, form), idOf(ctx), form.get('slot') === 'previous' ? 'previous' : 'present'),
  );
  act('requests', 'client-asked', (ctx, who, form) =>
    clients.ask(contextOf(who, form), idOf(ctx), grantsOf(form), textOf(form, 'note')),
  );
  act('requests/withdraw', 'client-withdrawn', (_ctx, who, form) =>
    clients.withdraw(contextOf(who, form), form.get('request') ?? ''),
  );
  act('owners', 'client-invited', (ctx, who, form) =>
    clients.inviteOwner(contextOf(who, form), idOf(ctx), textOf(form, 'username')),
  );
  act(
    'owners/remove',
    'client-owner-removed',
    (ctx, who, form) => clients.removeOwner(contextOf(who, form), idOf(ctx), textOf(form, 'username')),
    // It may have been oneself.
    () => path,
  );
  act('restore', 'client-restored', (ctx, who, form) => clients.restore(contextOf(who, form), idOf(ctx)));
  act(
    'delete',
    'client-deleted',
    (ctx, who, form) => clients.remove(contextOf(who, form), idOf(ctx)),
    () => path,
  );

  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, who: Member, state: FormState): Promise<void> {
    const found = await clients.get(who.actor, idOf(ctx));
    if (!found.ok) return unknown(ctx, who);
    const client = found.value;
    const filter = { clientId: client.clientId };
    const requests = await clients.listRequests(who.actor, filter, { limit: mostRequests, after: null });
    const place = `${pages.base}${placeOf(client.clientId)}`;
    const isFixed = client.origin === 'lake-file';
    const { refusal } = state;
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: nameOf(client),
      error: errorOf(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: [
        ...suspensionBlocks(client),
        ...(client.suspension?.by === 'unused' ? [button(`${place}/restore`, t.restore)] : []),
        factsOf(client),
        isFixed
          ? { kind: 'text', look: 'hint', text: t.fixed }
          : { kind: 'links', links: [{ href: `${place}/edit`, label: t.edit }] },
        { kind: 'heading', text: t.may },
        rightsOf(client),
        { kind: 'heading', text: t.secrets },
        ...secretBlocks(client, place),
        { kind: 'heading', text: t.configuration },
        ...configurationBlocks(client, issuer, snapshots.current()),
        { kind: 'heading', text: t.requests },
        requestBlock(requests.ok ? requests.value.items : [], place),
        askForm(client, place, state),
        { kind: 'heading', text: t.owners },
        ownerBlock(client, place),
        inviteForm(place, state),
        ...(isFixed ? [] : deletion(place)),
      ],
    });
  }

  async function showEdit(ctx: Context, who: Member, state: FormState): Promise<void> {
    const found = await clients.get(who.actor, idOf(ctx));
    if (!found.ok) return unknown(ctx, who);
    const client = found.value;
    const place = `${pages.base}${placeOf(client.clientId)}`;
    const { refusal } = state;
    showSheet(pages, ctx, who, 'account/sheet', {
      heading: t.editTitle(nameOf(client)),
      error: errorOf(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: [
        {
          ...{ kind: 'form', action: `${place}/edit`, method: 'post', submit: t.save },
          fields: ownerFields(state, client.own),
          cancel: { href: place, label: texts.member.back },
        },
      ],
    });
  }

  function unknown(ctx: Context, who: Member): void {
    showSheet(pages, ctx, who, 'account/sheet', { heading: t.title, error: t.unknown, status: 404, blocks: [] });
  }
}

function idOf(ctx: Context): string {
  return String(ctx.params.id);
}

function errorOf(refusal: PeopleRefusal | undefined): string | null {
  return refusal === undefined ? null : withField(refusal);
}

function button(action: string, submit: string): Block {
  return { kind: 'form', action, method: 'post', fields: [], submit };
}

function askForm(client: ClientDetails, place: string, state: FormState): Block {
  const fields = [...grantFields(state, {}, client.effective.audiences !== undefined), noteField(state)];
  return { kind: 'form', action: `${place}/requests`, method: 'post', fields, submit: t.ask };
}

function inviteForm(place: string, state: FormState): Block {
  const username = field(state, 'username', t.inviteTitle, '', {
    hint: t.usernameHint,
    maxlength: 255,
    required: true,
  });
  return { kind: 'form', action: `${place}/owners`, method: 'post', fields: [username], submit: t.invite };
}

function deletion(place: string): Block[] {
  return [
    { kind: 'heading', text: t.deleteTitle },
    { kind: 'text', text: t.deleteHint },
    { kind: 'links', links: [{ href: `${place}/delete`, label: t.delete, danger: true }] },
  ];
}
