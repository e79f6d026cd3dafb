/** What a form says of an embargo, as the lake file would say it, and the other way round. */
import { embargoSchema, partySchema } from '../../lake/schema/rule.ts';
import type { LakeEmbargo } from '../../lake/schema.ts';
import { type Action, actions } from '../../policy/rule.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Field } from './parts.ts';
import { instantOf } from './sheet.ts';
import { texts } from './texts.ts';

const t = texts.embargo;

/** Fields of the form, by name; each has at most one fault. */
export type FormFaults = Readonly<Record<string, string>>;

/** As query or form brings them. */
export type FormValues = URLSearchParams;

type LakeParty = NonNullable<LakeEmbargo['parties']>[number];

const roles = ['pi', 'coi', 'collaboration', 'operator', 'mover'] as const;
const usualActions: readonly Action[] = ['read', 'stage', 'poll'];

export function readEmbargo(values: FormValues): Result<LakeEmbargo, FormFaults> {
  const faults: Record<string, string> = {};
  const text = (name: string) => values.get(name)?.trim() || undefined;
  const instant = (name: string) => {
    const said = text(name);
    if (said === undefined) return undefined;
    const at = instantOf(said);
    if (at === undefined) faults[name] = t.faults.time;
    return at === undefined ? undefined : isoSecond(at);
  };
  const parties = readParties(text('parties') ?? '');
  if (!parties.ok) faults.parties = parties.error;
  const said = {
    id: text('id') ?? '',
    title: text('title'),
    basis: text('basis'),
    path: text('path') ?? '',
    exempt: lines(text('exempt')),
    from: instant('from'),
    until: instant('until'),
    hardLimit: instant('hardLimit'),
    limits: limitsOf(instant('maxUntil')),
    ...readChoices(values),
    parties: parties.ok ? parties.value : [],
  };
  const defined = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const parsed = embargoSchema.safeParse(defined);
  for (const issue of parsed.error?.issues ?? []) faults[String(issue.path[0] ?? 'id')] ??= issue.message;
  if (said.until === undefined && said.hardLimit === undefined) faults.until ??= t.faults.noEnd;
  if (!parsed.success || Object.keys(faults).length > 0) return err(faults);
  return ok(parsed.data);
}

function limitsOf(maxUntil: string | undefined) {
  return maxUntil === undefined ? undefined : { maxUntil };
}

function readChoices(values: FormValues) {
  const closed = values.getAll('actions');
  const seconds = values.get('maxTokenLifetimeSeconds')?.trim() || undefined;
  return {
    actions: closed.length === 0 ? undefined : closed,
    maxTokenLifetimeSeconds: seconds === undefined ? undefined : Number(seconds),
    retroactive: values.get('retroactive') === 'yes' || undefined,
    state: values.get('state') === 'draft' ? 'draft' : 'active',
  };
}

/** One a line: a subject, its role, its actions. */
function readParties(text: string): Result<readonly LakeParty[], string> {
  const parties: LakeParty[] = [];
  for (const line of lines(text)) {
    const [subject = '', ...words] = line.split(/[\s,]+/).filter(Boolean);
    const party = readParty(subject, words);
    if (!party.ok) return err(`${line.slice(0, 80)}: ${party.error}`);
    parties.push(party.value);
  }
  return ok(parties);
}

/** `words` are a role and actions in any order. */
export function readParty(subject: string, words: readonly string[]): Result<LakeParty, string> {
  const role = words.find((word) => (roles as readonly string[]).includes(word));
  const said = words.filter((word) => word !== role);
  const parsed = partySchema.safeParse({
    subject,
    ...(role !== undefined && { role }),
    actions: said.length === 0 ? usualActions : said,
  });
  return parsed.success ? ok(parsed.data) : err(parsed.error.issues[0]?.message ?? '');
}

export const partyRoles = roles;

export function embargoFields(values: FormValues, faults: FormFaults = {}): readonly Field[] {
  const field = (id: string, more: Partial<Field> = {}): Field => ({
    id,
    label: t.fields[id as keyof typeof t.fields],
    hint: t.hints[id as keyof typeof t.hints] ?? null,
    value: values.get(id) ?? '',
    error: faults[id] ?? null,
    ...more,
  });
  const closed = values.getAll('actions');
  const time = { type: 'datetime-local' } as const;
  return [
    field('id', { required: true, maxlength: 120 }),
    field('title', { maxlength: 300 }),
    field('basis', { maxlength: 300 }),
    field('path', { required: true, maxlength: 512 }),
    field('exempt', { type: 'textarea', rows: 3 }),
    field('from', time),
    field('until', time),
    field('hardLimit', time),
    field('maxUntil', time),
    field('actions', {
      type: 'checkboxes',
      options: actions.map((one) => [one, texts.access.operations[one]] as const),
      values: closed.length === 0 ? actions : closed,
    }),
    field('parties', { type: 'textarea', rows: 5 }),
    field('maxTokenLifetimeSeconds', { type: 'number' }),
    field('retroactive', { type: 'checkbox', checked: values.get('retroactive') === 'yes' }),
    field('state', {
      type: 'select',
      value: values.get('state') ?? 'active',
      options: [
        ['active', t.fields.active],
        ['draft', t.fields.draft],
      ],
    }),
  ];
}

/** As hidden fields of the form that confirms. */
export function hiddenOf(values: FormValues): readonly (readonly [string, string])[] {
  return [...values].filter(([name]) => name !== 'csrf' && name !== 'said');
}

function lines(text = ''): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

/** As the lake file writes instants. */
export function isoSecond(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
