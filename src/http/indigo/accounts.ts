/** INDIGO IAM's paths for accounts and groups: search, find, and what is written beside SCIM. */
import type { Context } from 'koa';
import type { AccountAdministration } from '../../accounts/administration.ts';
import type { PeopleAnswer } from '../../accounts/refusal.ts';
import type { GroupAdministration } from '../../groups/administration.ts';
import type { ScimWrite } from '../../scim/actor.ts';
import { notFound } from '../../scim/actor.ts';
import type { ResourceType } from '../../scim/attribute.ts';
import { parseInstant } from '../../scim/filter.ts';
import { labelKeyOf, representLabels } from '../../scim/labels.ts';
import { isObject } from '../../scim/normalise.ts';
import { problemOf, type ScimAnswer, scimStatus } from '../../scim/problem.ts';
import { groupType, indigoUserId, userType } from '../../scim/schemas.ts';
import type { Scim } from '../../scim/service.ts';
import { err, ok } from '../../shared/result.ts';
import { answerJson } from '../scim/answer.ts';
import { readScimBody } from '../scim/body.ts';
import { answer, type Handler, type IndigoRoute, readAsked } from './form.ts';
import type { IndigoGates } from './gates.ts';

export interface IndigoAccountDeps {
  readonly scim: Scim;
  readonly accounts: AccountAdministration;
  readonly groups: GroupAdministration;
  readonly gates: IndigoGates;
}

const userAttributes = ['id', 'displayName', 'meta', 'name', 'userName', 'active', 'emails', 'groups'];
const groupAttributes = ['id', 'displayName', 'meta', 'urn:indigo-dc:scim:schemas:IndigoGroup'];

const userOrders = new Map([
  ['creation', 'meta.created'],
  ['email', 'emails.value'],
]);

export function accountRoutes(deps: IndigoAccountDeps): readonly IndigoRoute[] {
  const { gates } = deps;
  const list = (listing: (ctx: Context, id: string) => Listing | undefined): Handler =>
    gates.reader(async (ctx, id, caller) => {
      const found = listing(ctx, id);
      return found === undefined
        ? scimStatus(400, 'expected the parameter to find by')
        : listed(deps, ctx, caller, found);
    });
  const find = (name: string, filter: (value: string, ctx: Context) => string): IndigoRoute => ({
    method: 'GET',
    template: `/iam/account/find/by${name.toLowerCase().replace('certificatesubject', 'certsubject')}`,
    handle: list((ctx) => {
      const value = new URLSearchParams(ctx.querystring).get(name);
      return value === null || value === '' ? undefined : { type: userType, filter: filter(value, ctx) };
    }),
  });
  return [
    { method: 'GET', template: '/iam/account/search', handle: list(searchUsers) },
    { method: 'GET', template: '/iam/group/search', handle: list(searchGroups) },
    { ...find('name', labelFilter), template: '/iam/account/find/bylabel' },
    find('email', (value) => `emails.value eq ${quoted(value)}`),
    find('username', (value) => `userName eq ${quoted(value)}`),
    find('certificateSubject', (value) => `${indigoUserId}:certificates.subjectDn eq ${quoted(value)}`),
    {
      method: 'GET',
      template: '/iam/account/find/byuuid/{id}',
      handle: list((_ctx, id) => ({ type: userType, filter: `id eq ${quoted(id)}` })),
    },
    {
      method: 'GET',
      template: '/iam/account/find/bygroup/{id}',
      handle: list((ctx, id) => ofGroup(ctx, `groups.value eq ${quoted(id)}`)),
    },
    {
      method: 'GET',
      template: '/iam/account/find/notingroup/{id}',
      handle: list((ctx, id) => ofGroup(ctx, `not (groups.value eq ${quoted(id)})`)),
    },
    ...writeRoutes(deps),
  ];
}

interface Listing {
  readonly type: ResourceType;
  readonly filter?: string | undefined;
  readonly sortBy?: string;
  readonly sortOrder?: string;
  readonly attributes?: readonly string[];
}

async function listed({ scim }: IndigoAccountDeps, ctx: Context, caller: string, listing: Listing) {
  const asked = readAsked(ctx);
  if (!asked.ok) return asked;
  const { type, attributes = [], ...rest } = listing;
  const withDefault = new URLSearchParams(ctx.querystring).has('count') || attributes.length > 0;
  const count = withDefault ? asked.value.range.count : 100;
  const { startIndex } = asked.value;
  const found = await scim.lists.list(caller, type, {
    ...rest,
    startIndex,
    count,
    attributes,
    excludedAttributes: attributes.length > 0 || type === userType ? [] : ['members'],
  });
  return found.ok ? ok(answerJson(ctx, found.value)) : found;
}

function searchUsers(ctx: Context): Listing {
  const query = new URLSearchParams(ctx.querystring);
  const filter = query.get('filter')?.trim();
  const word = quoted(filter ?? '');
  return {
    type: userType,
    filter: filter ? `userName co ${word} or name.formatted co ${word} or emails.value co ${word}` : undefined,
    sortBy: userOrders.get(query.get('sortBy')?.toLowerCase() ?? '') ?? 'name.formatted',
    sortOrder: orderOf(query),
    attributes: userAttributes,
  };
}

function searchGroups(ctx: Context): Listing {
  const query = new URLSearchParams(ctx.querystring);
  const filter = query.get('filter')?.trim();
  return {
    type: groupType,
    filter: filter ? `displayName co ${quoted(filter)}` : undefined,
    sortBy: 'displayName',
    sortOrder: orderOf(query),
    attributes: groupAttributes,
  };
}

function orderOf(query: URLSearchParams): string {
  return query.get('sortDirection')?.toLowerCase() === 'desc' ? 'descending' : 'ascending';
}

/** With `filter`, only accounts whose names or mail address have it in them. */
function ofGroup(ctx: Context, condition: string): Listing {
  const { filter } = searchUsers(ctx);
  return { type: userType, filter: filter === undefined ? condition : `${condition} and (${filter})` };
}

function labelFilter(name: string, ctx: Context): string {
  const value = new URLSearchParams(ctx.querystring).get('value');
  const inner = `name eq ${quoted(name)}${value ? ` and value eq ${quoted(value)}` : ''}`;
  return `${indigoUserId}:labels[${inner}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}

/** What the scripts of INDIGO IAM write beside SCIM. */
function writeRoutes({ scim, accounts, groups, gates }: IndigoAccountDeps): readonly IndigoRoute[] {
  const { directory } = scim;
  const accountLabels = {
    find: async (id: string) => (await directory.findUser(id))?.labels,
    write: (write: ScimWrite, id: string, labels: Labels) => accounts.change(write.context, id, { labels }),
  };
  const groupLabels = {
    find: async (id: string) => (await directory.findGroup(id, { members: false }))?.labels,
    write: (write: ScimWrite, id: string, labels: Labels) => groups.change(write.context, id, { labels }),
  };
  return [
    {
      method: 'PUT',
      template: '/iam/account/{id}/endTime',
      handle: gates.writer(async (ctx, write, id) => {
        const body = await readScimBody(ctx, maxBytes);
        if (!body.ok) return body;
        const said = isObject(body.value) ? (body.value.endTime ?? null) : undefined;
        const endsAt = said === null ? null : typeof said === 'string' ? parseInstant(said) : undefined;
        if (endsAt === undefined) {
          return scimStatus(400, 'expected `endTime`, an instant such as `2027-06-30T00:00:00Z`, or null');
        }
        return done(ctx, await accounts.change(write.context, id, { endsAt }), 200);
      }),
    },
    {
      method: 'POST',
      template: '/iam/account/{id}/groups/{group}',
      handle: gates.writer(async (ctx, write, id, group) => {
        const held = await directory.findGroup(group, { members: false });
        if (held === undefined) return notFound;
        // Who is a member already keeps the dates of the membership.
        if ((await directory.membersAmong(held.id, [id])).has(id)) return answer(ctx, null, 201);
        return done(ctx, await groups.setMember(write.context, group, id, { from: null, until: null }), 201);
      }),
    },
    {
      method: 'DELETE',
      template: '/iam/account/{id}/groups/{group}',
      handle: gates.writer(async (ctx, write, id, group) =>
        done(ctx, await groups.removeMember(write.context, group, id), 204),
      ),
    },
    ...labelRoutes('/iam/account/{id}/labels', gates, accountLabels),
    ...labelRoutes('/iam/group/{id}/labels', gates, groupLabels),
  ];
}

const maxBytes = 64 * 1024;

type Labels = Readonly<Record<string, string>>;

interface LabelAccess {
  readonly find: (id: string) => Promise<Labels | undefined>;
  readonly write: (write: ScimWrite, id: string, labels: Labels) => Promise<PeopleAnswer<unknown>>;
}

function labelRoutes(template: string, gates: IndigoGates, { find, write }: LabelAccess): readonly IndigoRoute[] {
  const read: Handler = gates.reader(async (ctx, id) => {
    const labels = await find(id);
    return labels === undefined ? notFound : answer(ctx, representLabels(labels));
  });
  const put: Handler = gates.writer(async (ctx, by, id) => {
    const body = await readScimBody(ctx, maxBytes);
    if (!body.ok) return body;
    const [key, value] = isObject(body.value)
      ? [labelKeyOf(body.value), body.value.value ?? '']
      : [undefined, undefined];
    const labels = await find(id);
    if (labels === undefined) return notFound;
    if (key === undefined || typeof value !== 'string') return scimStatus(400, 'expected a `name` and a `value`');
    return done(ctx, await write(by, id, { ...labels, [key]: value }), 200);
  });
  const remove: Handler = gates.writer(async (ctx, by, id) => {
    const key = labelKeyOf(Object.fromEntries(new URLSearchParams(ctx.querystring)));
    const labels = await find(id);
    if (labels === undefined) return notFound;
    if (key === undefined) return scimStatus(400, 'expected a `name`');
    if (!Object.hasOwn(labels, key)) return answer(ctx, null, 204);
    const left = Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key));
    return done(ctx, await write(by, id, left), 204);
  });
  return [
    { method: 'GET', template, handle: read },
    { method: 'PUT', template, handle: put },
    { method: 'DELETE', template, handle: remove },
  ];
}

function done(ctx: Context, said: PeopleAnswer<unknown>, status: number): ScimAnswer<unknown> {
  return said.ok ? answer(ctx, null, status) : err(problemOf(said.error));
}
