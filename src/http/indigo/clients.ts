/** Clients in the JSON of INDIGO IAM's client management (`/iam/api/clients`), and the changes that mean the same here. */
import type { Context } from 'koa';
import type { ClientAdministration, ClientChange } from '../../clients/administration.ts';
import { notFound } from '../../scim/actor.ts';
import type { IndigoDirectory } from '../../scim/indigo-directory.ts';
import { problemOf, type ScimAnswer } from '../../scim/problem.ts';
import { representUser } from '../../scim/represent.ts';
import type { Scim } from '../../scim/service.ts';
import { err } from '../../shared/result.ts';
import { admitSelf } from '../scim/access.ts';
import { readDefinition, representClient } from './client-json.ts';
import { type Asked, answer, type IndigoRoute, listBody, readAsked } from './form.ts';
import type { IndigoGates } from './gates.ts';

export interface IndigoClientDeps {
  readonly indigo: IndigoDirectory;
  readonly clients: ClientAdministration;
  readonly scim: Scim;
  readonly gates: IndigoGates;
}

const template = '/iam/api/clients';

export function clientRoutes(deps: IndigoClientDeps): readonly IndigoRoute[] {
  const { indigo, clients, gates } = deps;
  return [
    {
      method: 'GET',
      template,
      handle: gates.reader((ctx) => list(indigo, ctx, ({ text }) => ({ registeredOnly: text('drOnly') === 'true' }))),
    },
    {
      method: 'GET',
      template: '/iam/api/search/clients',
      handle: gates.reader((ctx) =>
        list(indigo, ctx, ({ text }) => ({ text: text('search'), registeredOnly: text('drOnly') === 'true' })),
      ),
    },
    {
      method: 'GET',
      template: '/iam/account/me/clients',
      handle: gates.anyone(async (ctx, caller) => {
        const self = admitSelf(ctx, caller);
        return self.ok ? list(indigo, ctx, () => ({ owner: self.value })) : self;
      }),
    },
    { method: 'GET', template: `${template}/{id}`, handle: gates.reader((ctx, id) => show(indigo, ctx, id)) },
    { method: 'GET', template: `${template}/{id}/owners`, handle: gates.reader((ctx, id) => owners(deps, ctx, id)) },
    {
      method: 'POST',
      template,
      handle: gates.writer(async (ctx, { context }) => {
        const said = await readDefinition(ctx);
        if (!said.ok) return said;
        const { clientId, definition } = said.value;
        const made = await clients.create(context, { clientId, definition });
        if (!made.ok) return err(problemOf(made.error));
        return show(indigo, ctx, made.value.client.clientId, { status: 201, secret: made.value.secret });
      }),
    },
    {
      method: 'PUT',
      template: `${template}/{id}`,
      handle: gates.writer(async (ctx, { context }, id) => {
        const said = await readDefinition(ctx);
        if (!said.ok) return said;
        const changed = await clients.change(context, id, said.value.definition as ClientChange);
        return changed.ok ? show(indigo, ctx, id) : err(problemOf(changed.error));
      }),
    },
    {
      method: 'DELETE',
      template: `${template}/{id}`,
      handle: gates.writer(async (ctx, { context }, id) => {
        const removed = await clients.remove(context, id);
        return removed.ok ? answer(ctx, null, 204) : err(problemOf(removed.error));
      }),
    },
    ...['enable', 'disable'].map(
      (word): IndigoRoute => ({
        method: 'PATCH',
        template: `${template}/{id}/${word}`,
        handle: gates.writer(async (ctx, { context }, id) => {
          const set = word === 'enable' ? await clients.restore(context, id) : await clients.suspend(context, id);
          return set.ok ? answer(ctx, null) : err(problemOf(set.error));
        }),
      }),
    ),
    {
      method: 'POST',
      template: `${template}/{id}/secret`,
      handle: gates.writer(async (ctx, { context }, id) => {
        // INDIGO's old secret ends at once; so it does here.
        const added = await clients.addSecret(context, id, 0);
        if (!added.ok) return err(problemOf(added.error));
        return show(indigo, ctx, id, { status: 201, secret: added.value.secret });
      }),
    },
  ];
}

type Search = (asked: Asked) => Parameters<IndigoDirectory['listClients']>[0];

async function list(indigo: IndigoDirectory, ctx: Context, search: Search): Promise<ScimAnswer<unknown>> {
  const asked = readAsked(ctx);
  if (!asked.ok) return asked;
  const { items, total } = await indigo.listClients(search(asked.value), asked.value.range);
  return answer(
    ctx,
    listBody(
      items.map((client) => representClient(client)),
      asked.value,
      total,
    ),
  );
}

async function show(
  indigo: IndigoDirectory,
  ctx: Context,
  clientId: string,
  { status = 200, secret = null }: { readonly status?: number; readonly secret?: string | null } = {},
): Promise<ScimAnswer<unknown>> {
  const [client] = (await indigo.listClients({ clientId }, { skip: 0, count: 1 })).items;
  if (client === undefined) return notFound;
  return answer(ctx, { ...representClient(client), ...(secret !== null && { client_secret: secret }) }, status);
}

/** Their accounts, as SCIM shows them. */
async function owners({ indigo, scim }: IndigoClientDeps, ctx: Context, clientId: string) {
  const asked = readAsked(ctx);
  if (!asked.ok) return asked;
  if ((await indigo.listClients({ clientId }, { skip: 0, count: 1 })).total === 0) return notFound;
  const { range } = asked.value;
  const all = await indigo.clientOwners(clientId);
  const shown = await Promise.all(
    all.slice(range.skip, range.skip + range.count).map(({ id }) => scim.directory.findUser(id)),
  );
  const resources = shown.flatMap((user) => (user === undefined ? [] : [representUser(user, scim.base)]));
  return answer(ctx, listBody(resources, asked.value, all.length));
}
