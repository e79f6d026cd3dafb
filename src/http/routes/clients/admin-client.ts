/** `/admin/clients/{id}`: everything about one client, and what administrators do with it. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleAnswer } from '../../../accounts/refusal.ts';
import { refused } from '../../../accounts/refusal.ts';
import type { ClientChange, ClientDetails } from '../../../clients/administration.ts';
import type { PageArea } from '../../pages/area.ts';
import type { Block } from '../../pages/blocks.ts';
import { contextOf, done, type Member, refusalStatus } from '../../pages/member.ts';
import { showSheet } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import {
  factsOf,
  nameOf,
  ownerBlock,
  requestBlock,
  rightsOf,
  secretBlocks,
  suspensionBlocks,
} from './client-blocks.ts';
import { type FormState, field, grantFields, lines, reasonField } from './client-fields.ts';
import { grantsOf, linesOf, readObject, textOf } from './client-forms.ts';
import { withField } from './own-clients.ts';
import { showSecret } from './show-secret.ts';

const t = texts.adminClients;
const path = '/admin/clients';

const mostRequests = 50;

/** Whoever finds a browser open must not leave with a client's rights. */
const change = { roles: ['admin'], fresh: true } as const;

type Work = (ctx: Context, who: Member, form: URLSearchParams) => Promise<PeopleAnswer<unknown>>;

export function adminClientPage(area: PageArea): Middleware {
  const { pages, member, people } = area;
  const { clients } = people;
  const router = new Router();
  const placeOf = (clientId: string) => `${path}/${encodeURIComponent(clientId)}`;

  router.get(
    `${path}/:id`,
    member.page((ctx, who) => show(ctx, who, {}), { roles: ['admin', 'reader'] }),
  );
  router.post(
    `${path}/:id/secrets`,
    member.form(async (ctx, who, form) => {
      const days = Number(textOf(form, 'overlapDays') || '14');
      const added = await clients.addSecret(contextOf(who, form), idOf(ctx), days);
      if (!added.ok) return show(ctx, who, { refusal: added.error });
      const { client, secret } = added.value;
      const href = `${pages.base}${placeOf(client.clientId)}`;
      const heading = texts.clients.secretTitle;
      showSecret(area, ctx, who, { view: 'admin/sheet', heading, client, secret, href });
    }, change),
  );
  const act = (step: string, said: keyof typeof texts.said, work: Work, to: (clientId: string) => string = placeOf) =>
    router.post(
      `${path}/:id/${step}`,
      member.form(async (ctx, who, form) => {
        const answer = await work(ctx, who, form);
        if (!answer.ok) return show(ctx, who, { given: form, refusal: answer.error });
        done(ctx, pages, to(idOf(ctx)), said);
      }, change),
    );
  act('definition', 'client-changed', async (ctx, who, form) => {
    const said = readObject(textOf(form, 'definition'));
    if (said === undefined) return refused('invalid', t.definitionBad, 'definition');
    const present = await clients.get(who.actor, idOf(ctx));
    if (!present.ok) return present;
    // The form shows every field that there is: one that is left out of it is taken away.
    const gone = Object.fromEntries(Object.keys(present.value.own).map((name) => [name, null]));
    return clients.change(contextOf(who, form), idOf(ctx), { ...gone, ...said } as ClientChange);
  });
  act('granted', 'client-changed', (ctx, who, form) =>
    clients.setGranted(contextOf(who, form), idOf(ctx), grantsOf(form)),
  );
  act('owners', 'client-changed', (ctx, who, form) =>
    clients.setOwners(contextOf(who, form), idOf(ctx), linesOf(form, 'owners')),
  );
  act('owners/remove', 'client-owner-removed', (ctx, who, form) =>
    clients.removeOwner(contextOf(who, form), idOf(ctx), textOf(form, 'username')),
  );
  act('secrets/end', 'client-secret-ended', (ctx, who, form) =>
    clients.endSecret(contextOf(who, form), idOf(ctx), form.get('slot') === 'previous' ? 'previous' : 'present'),
  );
  act('requests/withdraw', 'client-withdrawn', (_ctx, who, form) =>
    clients.withdraw(contextOf(who, form), form.get('request') ?? ''),
  );
  act('suspend', 'client-suspended', (ctx, who, form) => clients.suspend(contextOf(who, form), idOf(ctx)));
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
    if (!found.ok) {
      const error = found.error.message;
      return showSheet(pages, ctx, who, 'admin/sheet', { heading: t.title, error, status: 404, blocks: [] });
    }
    const client = found.value;
    const filter = { clientId: client.clientId };
    const requests = await clients.listRequests(who.actor, filter, { limit: mostRequests, after: null });
    const mayChange = who.actor.roles.includes('admin');
    const place = mayChange ? `${pages.base}${placeOf(client.clientId)}` : null;
    const { refusal } = state;
    const audit = new URLSearchParams({ objectKind: 'client', objectId: client.clientId });
    showSheet(pages, ctx, who, 'admin/sheet', {
      heading: nameOf(client),
      error: refusal === undefined ? null : withField(refusal),
      status: refusal === undefined ? 200 : refusalStatus(refusal),
      blocks: [
        ...suspensionBlocks(client),
        factsOf(client),
        { kind: 'links', links: [{ href: `${pages.base}/admin/audit?${audit}`, label: t.audit }] },
        ...(client.origin === 'lake-file' ? ([{ kind: 'text', look: 'hint', text: t.fileHint }] as const) : []),
        { kind: 'heading', text: texts.clients.may },
        rightsOf(client),
        { kind: 'heading', text: texts.clients.secrets },
        ...secretBlocks(client, place),
        { kind: 'heading', text: texts.clients.requests },
        requestBlock(requests.ok ? requests.value.items : [], null),
        { kind: 'heading', text: texts.clients.owners },
        ownerBlock(client, place),
        ...(place === null ? [readOnlyDefinition(client)] : changeBlocks(client, place, state)),
      ],
    });
  }
}

function idOf(ctx: Context): string {
  return String(ctx.params.id);
}

function definitionText({ own }: ClientDetails): string {
  return JSON.stringify(own, null, 2);
}

function readOnlyDefinition(client: ClientDetails): Block {
  return { kind: 'code', label: t.definition, text: definitionText(client) };
}

function changeBlocks(client: ClientDetails, place: string, state: FormState): Block[] {
  const usernames = client.owners.map(({ username }) => username);
  const isActive = client.state === 'active';
  const form = (
    step: string,
    submit: string,
    fields: Extract<Block, { kind: 'form' }>['fields'],
    danger = false,
  ): Block => ({
    ...{ kind: 'form', action: `${place}/${step}`, method: 'post', fields, submit, danger },
  });
  return [
    form('owners', t.setOwners, [
      lines(state, 'owners', texts.clients.owners, usernames, { hint: t.ownersHint }),
      reasonField(state, false, 'reason-owners'),
    ]),
    { kind: 'heading', text: texts.clients.granted },
    form('granted', t.setGranted, [
      ...grantFields(state, client.granted, true),
      reasonField(state, false, 'reason-granted'),
    ]),
    { kind: 'heading', text: t.definition },
    form('definition', texts.clients.save, [
      field(state, 'definition', t.definition, definitionText(client), {
        type: 'textarea',
        rows: 14,
        hint: t.definitionHint,
      }),
      reasonField(state, false, 'reason-definition'),
    ]),
    { kind: 'heading', text: isActive ? t.suspendTitle : texts.clients.restore },
    ...(isActive ? ([{ kind: 'text', text: t.suspendHint }] as const) : []),
    form(
      isActive ? 'suspend' : 'restore',
      isActive ? t.suspend : texts.clients.restore,
      [reasonField(state, isActive, 'reason-state')],
      isActive,
    ),
    { kind: 'heading', text: texts.clients.deleteTitle },
    { kind: 'text', text: texts.clients.deleteHint },
    form('delete', texts.clients.delete, [reasonField(state, true, 'reason-delete')], true),
  ];
}
