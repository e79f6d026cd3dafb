/** What the page of a service account shows its owners. */
import type { AccountDetails } from '../../../accounts/administration.ts';
import type { ClientSummary } from '../../../clients/administration.ts';
import type { KnownAs } from '../../../federation/identities.ts';
import type { OwnToken } from '../../../issuance/own-tokens.ts';
import type { Block, Cell } from '../../pages/blocks.ts';
import { certificateTable, sshKeyTable } from '../../pages/known-as.ts';
import { instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';
import { stateBadge } from '../admin/accounts.ts';

const t = texts.services;

export interface ServiceModel {
  readonly base: string;
  /** Address of the page. */
  readonly here: string;
  readonly account: AccountDetails;
  readonly now: number;
  /** Null: there is no policy to agree to. */
  readonly agreement: Cell | null;
  readonly clients: { readonly items: readonly ClientSummary[]; readonly next: string | null };
  readonly tokens: readonly OwnToken[];
  readonly known: KnownAs;
  /** One on a line, as typed. */
  readonly owners: string;
}

export function serviceBlocks(model: ServiceModel): readonly Block[] {
  const { base, here, account, clients, tokens, known, owners } = model;
  const hint = texts.member.reasonHint;
  return [
    { kind: 'facts', facts: factsOf(model) },
    { kind: 'heading', text: t.groups },
    {
      kind: 'table',
      columns: [texts.accounts.group, texts.accounts.from, texts.accounts.until],
      empty: texts.accounts.noMemberships,
      rows: account.memberships.slice(0, 100).map(({ group, from, until }) => ({
        head: group,
        cells: [
          from == null ? texts.accounts.sinceEver : instantText(from),
          until == null ? texts.member.withoutEnd : instantText(until),
        ],
      })),
    },
    { kind: 'heading', text: t.clients },
    {
      kind: 'table',
      ...(clients.next !== null && { caption: t.moreClients }),
      columns: [t.client, t.state, t.lastUsed],
      empty: t.noClients,
      rows: clients.items.map(({ clientId, name, state, lastUsedOn }) => ({
        head: { text: name ?? clientId, ...(name !== null && { note: clientId }) },
        cells: [texts.accounts.states[state], lastUsedOn ?? texts.member.never],
      })),
    },
    { kind: 'heading', text: t.tokens },
    { kind: 'text', look: 'hint', text: t.tokensHint },
    {
      kind: 'table',
      columns: [texts.tokens.time, texts.tokens.client, texts.tokens.scopes, texts.tokens.expires],
      empty: t.noTokens,
      rows: tokens.map(({ at, client, scope, expiresAt }) => ({
        head: instantText(at),
        cells: [client, { codes: scope.split(' ').filter(Boolean) }, instantText(expiresAt)],
      })),
    },
    { kind: 'heading', text: t.keys },
    sshKeyTable(known.sshKeys),
    certificateTable(known.certificates),
    { kind: 'links', links: [{ href: `${here}/keys`, label: t.changeKeys }] },
    { kind: 'heading', text: t.owners },
    {
      ...{ kind: 'form', method: 'post', action: `${here}/owners`, submit: t.saveOwners },
      fields: [
        { id: 'owners', label: t.owners, hint: t.ownersHint, type: 'textarea', rows: 3, required: true, value: owners },
        { id: 'reason', label: texts.member.reason, hint, maxlength: 1000 },
      ],
    },
    { kind: 'links', links: [{ href: `${base}/account/services`, label: t.back }] },
  ];
}

function factsOf({ base, account, now, agreement }: ServiceModel): readonly (readonly [string, Cell])[] {
  const agree = { href: `${base}/account/policy`, text: t.agree };
  return [
    [texts.accounts.state, stateBadge(account, now)],
    [texts.accounts.id, { codes: [account.id] }],
    ...(account.name === null ? [] : [[texts.accounts.name, account.name] as const]),
    [texts.accounts.ends, account.endsAt === null ? texts.member.withoutEnd : instantText(account.endsAt)],
    ...(agreement === null ? [] : [[t.policy, { ...(agreement as object), more: agree }] as const]),
  ];
}

/** Until when the policy is agreed to; null: without bound. */
export function agreementCell(agreedUntil: number | null, now: number): Cell {
  if (agreedUntil === null) return { badge: t.agreed, tone: 'good' };
  return agreedUntil > now ? { text: t.agreedUntil(instantText(agreedUntil)) } : { badge: t.notAgreed, tone: 'bad' };
}
