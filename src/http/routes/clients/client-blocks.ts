/** What the pages of one client show, to its owners and to administrators alike. */
import type { ClientDetails, ClientSummary } from '../../../clients/administration.ts';
import { registeredClient } from '../../../clients/definition.ts';
import type { ClientGrants } from '../../../clients/grants.ts';
import type { ClientRequest } from '../../../clients/requests.ts';
import { renderFile } from '../../../handover/config-file.ts';
import { oidcAgentHandover } from '../../../handover/oidc-agent.ts';
import type { LakeSnapshot } from '../../../lake/snapshot.ts';
import { deviceCodeGrant } from '../../../tokens/profile.ts';
import type { Block, Cell, Row } from '../../pages/blocks.ts';
import { instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.clients;

export function nameOf({ name, clientId }: Pick<ClientSummary, 'name' | 'clientId'>): string {
  return name ?? clientId;
}

/** One client in a list. */
export function rowOf(client: ClientSummary, href: string, withOwners: boolean): Row {
  const { clientId, state, owners, lastUsedOn, waitingRequests, createdAt } = client;
  return {
    head: {
      ...{ href, text: nameOf(client) },
      ...(waitingRequests > 0 && { badge: t.waiting(waitingRequests) }),
    },
    cells: [
      { codes: [clientId] },
      { badge: t.states[state], tone: state === 'active' ? 'good' : 'bad' },
      ...(withOwners ? [owners.length === 0 ? { badge: t.noOwner, tone: 'bad' as const } : owners.join(', ')] : []),
      lastUsedOn ?? t.neverUsed,
      new Date(createdAt).toISOString().slice(0, 10),
    ],
  };
}

export function columnsOf(withOwners: boolean): readonly string[] {
  return [t.name, t.id, t.state, ...(withOwners ? [t.owners] : []), t.used, t.made];
}

export function factsOf(client: ClientDetails): Block {
  const { tokenEndpointAuthMethod: method = 'client_secret_basic' } = client.effective;
  const methods: Readonly<Record<string, string>> = t.methods;
  return {
    kind: 'facts',
    facts: [
      [t.id, { codes: [client.clientId] }],
      [t.state, { badge: t.states[client.state], tone: client.state === 'active' ? 'good' : 'bad' }],
      [t.origin, client.registeredBy ?? t.origins[client.origin]],
      [t.made, instantText(client.createdAt)],
      [t.changed, instantText(client.updatedAt)],
      [t.used, client.lastUsedOn ?? t.neverUsed],
      [t.method, methods[method] ?? method],
      ...listFact(t.redirectUris, client.effective.redirectUris),
      ...listFact(t.contacts, client.effective.contacts),
    ],
  };
}

function listFact(label: string, values: readonly string[] = []): [string, Cell][] {
  return values.length === 0 ? [] : [[label, { codes: values }]];
}

/** Own choice and grants beside one another. */
export function rightsOf({ own, granted }: ClientDetails): Block {
  const flag = (value: boolean | undefined) => (value ? texts.member.yes : texts.member.no);
  return {
    kind: 'table',
    columns: [t.may, t.own, t.granted],
    rows: [
      { head: t.scopes, cells: [codesOr(own.scopes), codesOr(granted.scopes)] },
      { head: t.grantTypes, cells: [codesOr(own.grantTypes), codesOr(granted.grantTypes)] },
      {
        head: t.audiences,
        cells: [own.audiences === undefined ? t.anyAudience : { codes: own.audiences }, codesOr(granted.audiences)],
      },
      { head: t.exchangeOffline, cells: [flag(own.exchangeOffline), flag(granted.exchangeOffline)] },
      { head: t.privileged, cells: [flag(own.privileged), flag(granted.privileged)] },
    ],
    empty: '',
  };
}

function codesOr(values: readonly string[] = []): Cell {
  return values.length === 0 ? t.nothingGranted : { codes: values };
}

/** What was asked, in lines. */
export function grantCell({
  scopes = [],
  audiences = [],
  grantTypes = [],
  exchangeOffline,
  privileged,
}: ClientGrants): Cell {
  return {
    codes: [...scopes, ...audiences, ...grantTypes],
    lines: [...(exchangeOffline ? [t.exchangeOffline] : []), ...(privileged ? [t.privileged] : [])],
  };
}

/** `path`: of the page, whose forms are below it; null: nothing can be done. */
export function secretBlocks({ secrets, effective }: ClientDetails, path: string | null): Block[] {
  const method = effective.tokenEndpointAuthMethod ?? 'client_secret_basic';
  if (secrets.length === 0 && !method.startsWith('client_secret_')) return [{ kind: 'text', text: t.noSecrets }];
  const rows = secrets.map(({ slot, createdAt, lastUsedOn, endsAt }): Row => {
    const button = {
      ...{ action: `${path}/secrets/end`, hidden: [['slot', slot] as const], danger: true },
      ...{ label: t.endSecret, name: t.endSecretName(t.slots[slot]) },
    };
    return {
      head: { text: t.slots[slot], ...(secrets.length > 1 && path !== null && { button }) },
      cells: [
        createdAt === null ? t.secretUnknown : instantText(createdAt),
        lastUsedOn ?? t.neverUsed,
        endsAt === null ? texts.member.withoutEnd : instantText(endsAt),
      ],
    };
  });
  const table: Block = {
    kind: 'table',
    columns: [t.secret, t.secretMade, t.secretUsed, t.secretEnds],
    rows,
    empty: texts.member.nothing,
  };
  if (path === null || secrets.length > 1) return [table];
  const days = { id: 'overlapDays', label: t.overlapDays, hint: t.addSecretHint, type: 'number', value: '14' } as const;
  return [table, { kind: 'form', action: `${path}/secrets`, method: 'post', fields: [days], submit: t.addSecret }];
}

/** `path`: as of secretBlocks. */
export function ownerBlock({ owners, invitations }: ClientDetails, path: string | null): Block {
  const button = (username: string) =>
    path === null
      ? {}
      : {
          button: {
            ...{ action: `${path}/owners/remove`, hidden: [['username', username] as const], danger: true },
            ...{ label: t.remove, name: t.removeName(username) },
          },
        };
  return {
    kind: 'table',
    columns: [t.username, t.name, t.state],
    rows: [
      ...owners.map(({ username, name, usable }) => ({
        head: { text: username, ...button(username) },
        cells: [name ?? '', usable ? t.states.active : { badge: t.notUsable, tone: 'bad' as const }],
      })),
      ...invitations.map(({ username }) => ({ head: { text: username, ...button(username) }, cells: ['', t.invited] })),
    ],
    empty: t.noOwner,
  };
}

/** `path`: as of secretBlocks. */
export function requestBlock(requests: readonly ClientRequest[], path: string | null): Block {
  return {
    kind: 'table',
    columns: [t.when, t.asked, t.note, t.state, t.answer],
    rows: requests.map((request): Row => {
      const when = instantText(request.createdAt);
      const withdraw = {
        ...{ action: `${path}/requests/withdraw`, hidden: [['request', request.id] as const] },
        ...{ label: t.withdraw, name: t.withdrawName(when) },
      };
      const isOpen = request.state === 'waiting' && path !== null;
      return {
        head: { text: when, ...(isOpen && { button: withdraw }) },
        cells: [
          grantCell(request.asked),
          request.note,
          { badge: t.requestStates[request.state] },
          request.approved === null ? (request.reason ?? '') : answerCell(request),
        ],
      };
    }),
    empty: t.noRequests,
  };
}

function answerCell({ approved, reason }: ClientRequest): Cell {
  const cell = grantCell(approved ?? {});
  return typeof cell === 'string' || reason === null ? cell : { ...cell, note: reason };
}

/** Why it gets nothing; none when it is active. */
export function suspensionBlocks({ suspension }: ClientDetails): Block[] {
  if (suspension === null) return [];
  const { by, at, because } = suspension;
  const when = at === null ? '' : new Date(at).toISOString().slice(0, 10);
  const byWhom = by === null ? t.suspendedByFile : t.suspendedBy(because ?? t.noReason);
  return [{ kind: 'text', look: 'alert', text: by === 'unused' ? t.suspendedUnused(when) : byWhom }];
}

/** Configuration to copy: for any library, and for oidc-agent where it fits. */
export function configurationBlocks(client: ClientDetails, issuer: string, snapshot: LakeSnapshot): Block[] {
  const { effective, clientId } = client;
  const settings = {
    issuer,
    discovery: new URL('.well-known/openid-configuration', issuer).href,
    client_id: clientId,
    token_endpoint_auth_method: effective.tokenEndpointAuthMethod ?? 'client_secret_basic',
    ...(effective.redirectUris?.length && { redirect_uris: effective.redirectUris }),
    scope: (effective.scopes ?? []).join(' '),
  };
  const blocks: Block[] = [{ kind: 'code', label: t.configurationLabel, text: JSON.stringify(settings, null, 2) }];
  const isForAgent = effective.tokenEndpointAuthMethod === 'none' && effective.grantTypes?.includes(deviceCodeGrant);
  if (!isForAgent) return blocks;
  const registered = registeredClient({ clientId, secretHash: null, memberships: [] }, effective);
  const { settings: policy } = snapshot.policy;
  const context = { issuer, storages: [], groups: [], clients: snapshot.clients, settings: policy };
  const { files } = oidcAgentHandover(
    { ...context, registration: snapshot.registration.allow, basePath: null, mapGroups: false },
    registered,
  );
  const file = files.find(({ name }) => name === 'issuer.json');
  if (file !== undefined) blocks.push({ kind: 'code', label: t.agentLabel, text: renderFile(file) });
  return blocks;
}
