/** What the page of one account shows: facts, memberships, history, and the forms of what may be done. */
import type { AccountDetails } from '../../../accounts/administration.ts';
import type { StoredAuditEntry } from '../../../audit/audit-log.ts';
import type { Clock } from '../../../shared/clock.ts';
import type { Block, Cell } from '../../pages/blocks.ts';
import { type Field, instantText } from '../../pages/parts.ts';
import { texts } from '../../pages/texts.ts';
import { accountFields, type Refused } from './account-form.ts';
import { accountsPath, stateBadge } from './accounts.ts';
import { auditTable } from './audit-table.ts';

const t = texts.accounts;

/** A page stays short, whoever is in how many groups. */
const mostMemberships = 100;

export function createAccountBlocks({ base, clock }: { readonly base: string; readonly clock: Clock }) {
  return (
    account: AccountDetails,
    history: readonly StoredAuditEntry[],
    mayWrite: boolean,
    again: Refused | null,
  ): readonly Block[] => {
    const here = `${base}${accountsPath}/${encodeURIComponent(account.id)}`;
    const trail = `${base}/admin/audit?objectKind=account&objectId=${encodeURIComponent(account.id)}`;
    return [
      {
        kind: 'facts',
        facts: [
          ...factsOf(account, clock.now()),
          [texts.knownAs.ways, { href: `${here}/sign-in`, text: texts.knownAs.open }],
        ],
      },
      { kind: 'heading', text: t.memberships },
      memberships(account),
      ...(mayWrite ? forms(account, here, again) : []),
      { kind: 'heading', text: t.history },
      auditTable(history),
      {
        kind: 'links',
        links: [
          { href: trail, label: t.wholeHistory },
          { href: `${here}/export`, label: t.export },
          { href: `${base}${accountsPath}`, label: t.back },
        ],
      },
    ];
  };
}

function factsOf(account: AccountDetails, now: number): readonly (readonly [string, Cell])[] {
  const { email, emailVerifiedAt, kind, suspendedAt, suspendedBecause, owners, endsAt, lastLoginAt } = account;
  const mail = email === null ? '' : { text: email, badge: emailVerifiedAt === null ? t.unverified : t.verified };
  const since = suspendedAt === null ? {} : { note: t.suspendedSince(instantText(suspendedAt)) };
  return [
    [t.state, { ...(stateBadge(account, now) as object), ...since }],
    ...(suspendedBecause === null ? [] : [[t.because, suspendedBecause] as const]),
    [t.id, { codes: [account.id] }],
    [t.kind, t.kinds[kind]],
    ...(kind === 'service' ? [[t.owners, owners.join(', ') || t.nobody] as const] : []),
    [t.name, account.name ?? ''],
    [t.email, mail],
    [t.affiliation, account.affiliation ?? ''],
    [t.roles, account.roles.join(', ')],
    [t.ends, endsAt === null ? texts.member.withoutEnd : instantText(endsAt)],
    [t.lastLogin, lastLoginAt === null ? texts.member.never : instantText(lastLoginAt)],
    [t.password, account.hasPassword ? texts.member.yes : texts.member.no],
    [t.created, instantText(account.createdAt)],
    [t.changed, instantText(account.updatedAt)],
  ].filter(([, value]) => value !== '') as readonly (readonly [string, Cell])[];
}

function memberships({ memberships: all }: AccountDetails): Block {
  const shown = all.slice(0, mostMemberships);
  const more = all.length - shown.length;
  return {
    kind: 'table',
    ...(more > 0 && { caption: t.moreMemberships(more) }),
    columns: [t.group, t.from, t.until],
    rows: shown.map(({ group, from, until }) => ({
      head: group,
      cells: [
        from == null ? t.sinceEver : instantText(from),
        until == null ? texts.member.withoutEnd : instantText(until),
      ],
    })),
    empty: t.noMemberships,
  };
}

function forms(account: AccountDetails, here: string, again: Refused | null): Block[] {
  const reason = (id: string, required = true): Field => ({
    ...{ id: `${id}-reason`, name: 'reason', label: texts.member.reason, hint: texts.member.reasonHint },
    ...{ maxlength: 1000, required },
  });
  const form = (id: string, title: string, hint: string | null, submit: string, fields: readonly Field[]): Block[] => [
    { kind: 'heading', text: title },
    ...(hint === null ? [] : [{ kind: 'text', look: 'hint', text: hint } as const]),
    {
      ...{ kind: 'form', method: 'post', action: id === '' ? here : `${here}/${id}`, submit },
      ...{ fields, danger: ['suspend', 'merge', 'remove'].includes(id) },
    },
  ];
  const owners: Field = {
    ...{ id: 'owners', label: t.owners, hint: t.ownersHint, type: 'textarea', rows: 3 },
    value: account.owners.join('\n'),
  };
  const duplicate: Field = { id: 'duplicate', label: t.duplicate, maxlength: 255, required: true, autocomplete: 'off' };
  const confirm: Field = {
    ...{ id: 'confirm', label: t.removeConfirm(account.username), maxlength: 255, required: true, autocomplete: 'off' },
    error: again?.refusal.field === 'confirm' ? again.refusal.message : null,
  };
  const typed = again?.form.has('username') === true ? again : null;
  return [
    ...form('', t.edit, null, texts.member.save, [...accountFields(account, typed), reason('edit', false)]),
    ...(account.kind === 'service'
      ? form('owners', t.owners, null, t.ownersSave, [owners, reason('owners', false)])
      : []),
    ...(account.state === 'active'
      ? form('suspend', t.suspendTitle, t.suspendHint, t.suspend, [reason('suspend')])
      : form('restore', t.restoreTitle, t.restoreHint, t.restore, [reason('restore')])),
    ...form('merge', t.mergeTitle, t.mergeHint, t.merge, [duplicate, reason('merge')]),
    ...form('remove', t.removeTitle, t.removeHint, t.remove, [confirm, reason('remove')]),
  ];
}
