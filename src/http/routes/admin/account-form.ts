/** The form of an account: its fields with what was typed, and what a sent one says. */
import type { Role } from '../../../accounts/account.ts';
import type { AccountChange, AccountDetails } from '../../../accounts/administration.ts';
import { type PeopleAnswer, type PeopleRefusal, refused } from '../../../accounts/refusal.ts';
import { ok } from '../../../shared/result.ts';
import type { Field } from '../../pages/parts.ts';
import { instantOf, localText } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';

const t = texts.accounts;
export const roleNames = ['admin', 'reader', 'embargo-manager'] as const satisfies readonly Role[];

/** A form that was refused: what was typed, and why. */
export interface Refused {
  readonly form: URLSearchParams;
  readonly refusal: PeopleRefusal;
}

const plain = [
  ['username', t.username, 255],
  ['name', t.name, 1000],
  ['givenName', t.givenName, 1000],
  ['familyName', t.familyName, 1000],
  ['email', t.email, 320],
  ['affiliation', t.affiliation, 1000],
] as const;

/** With the values of the account, or what was typed last. */
export function accountFields(account: AccountDetails | null, again: Refused | null): readonly Field[] {
  const typed = (name: string, value: string) => again?.form.get(name) ?? value;
  const errorOf = (name: string) => (again?.refusal.field === name ? again.refusal.message : null);
  const roles = again?.form.getAll('roles') ?? account?.roles ?? [];
  return [
    ...plain.map(([id, label, maxlength]) => ({
      ...{ id, label, maxlength, error: errorOf(id), autocomplete: 'off' },
      value: typed(id, account?.[id] ?? ''),
      ...(id === 'username' && { required: true }),
    })),
    {
      ...{ id: 'endsAt', label: t.ends, hint: t.endsHint, type: 'datetime-local', error: errorOf('endsAt') },
      value: typed('endsAt', account?.endsAt == null ? '' : localText(account.endsAt)),
    },
    {
      ...{ id: 'roles', label: t.roles, type: 'checkboxes', values: roles, error: errorOf('roles') },
      options: roleNames.map((role) => [role, t.roleNames[role]] as const),
    },
    {
      ...{ id: 'embargoPaths', label: t.embargoPaths, hint: t.embargoPathsHint, type: 'textarea', rows: 2 },
      ...{ value: typed('embargoPaths', (account?.embargoPaths ?? []).join('\n')), error: errorOf('embargoPaths') },
    },
    {
      ...{ id: 'labels', label: t.labels, hint: t.labelsHint, type: 'textarea', rows: 2, error: errorOf('labels') },
      value: typed('labels', labelLines(account?.labels ?? {})),
    },
  ];
}

function labelLines(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
}

/** Empty fields are nothing: they clear what was there. */
export function readAccountForm(form: URLSearchParams): PeopleAnswer<AccountChange & { readonly username: string }> {
  const text = (name: string) => form.get(name)?.trim() || null;
  const ends = text('endsAt');
  const endsAt = ends === null ? null : instantOf(ends);
  if (endsAt === undefined) return refused('invalid', t.badInstant, 'endsAt');
  const labels = linesOf(form, 'labels').map((line) => /^([^=]+)=(.*)$/.exec(line));
  if (labels.includes(null)) return refused('invalid', t.badLabels, 'labels');
  const paths = linesOf(form, 'embargoPaths');
  return ok({
    username: form.get('username')?.trim() ?? '',
    ...{ name: text('name'), givenName: text('givenName'), familyName: text('familyName') },
    ...{ email: text('email'), affiliation: text('affiliation'), endsAt },
    roles: roleNames.filter((role) => form.getAll('roles').includes(role)),
    embargoPaths: paths.length === 0 ? null : paths,
    labels: Object.fromEntries(labels.flatMap((label) => (label ? [[label[1]?.trim(), label[2]?.trim()]] : []))),
  });
}

export function linesOf(form: URLSearchParams, name: string): readonly string[] {
  return (form.get(name) ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
