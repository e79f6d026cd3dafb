/** The steps in the life of an embargo as the pages offer them: their fields, what they would make of it, and the use case behind them. */
import { parsePath } from '../../../policy/path.ts';
import type { ChangeContext, EmbargoAdministration, EmbargoView } from '../../../rules/administration.ts';
import type { WriteOutcome } from '../../../rules/refusal.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type FormFaults, type FormValues, isoSecond, partyRoles, readParty } from '../../pages/embargo-form.ts';
import type { Field } from '../../pages/parts.ts';
import { instantOf, localText } from '../../pages/sheet.ts';
import { texts } from '../../pages/texts.ts';
import type { Proposed } from './impact.ts';

const t = texts.embargo;

type Writing = Promise<WriteOutcome<EmbargoView>>;

/** What a step would make of the embargo, and how it is written. */
interface Prepared {
  readonly proposed: Proposed;
  readonly write: (context: ChangeContext) => Writing;
}

export interface Step {
  readonly said: keyof typeof texts.said;
  readonly fields: (view: EmbargoView, values: FormValues, faults: FormFaults) => readonly Field[];
  readonly prepare: (view: EmbargoView, values: FormValues) => Result<Prepared, FormFaults>;
  readonly danger?: boolean;
  /** The use case wants a reason. */
  readonly needsReason?: boolean;
}

export type StepName = 'extend' | 'release' | 'withdraw' | 'activate' | 'exempt' | 'add-party' | 'remove-party';

/** `now` in milliseconds since the epoch. */
export function stepsOf(embargoes: EmbargoAdministration, now: () => number): Readonly<Record<StepName, Step>> {
  const noFields = () => [];
  return {
    extend: {
      said: 'embargo-extended',
      needsReason: true,
      fields: ({ record }, values, faults) => {
        const end = record.until ?? record.hardLimit;
        const label = record.until === null ? t.fields.hardLimit : t.fields.until;
        const value = values.get('until') ?? (end === null ? '' : localText(Date.parse(end)));
        return [{ id: 'until', label, type: 'datetime-local', value, required: true, error: faults.until ?? null }];
      },
      prepare: ({ record }, values) => {
        const at = instantOf(values.get('until')?.trim() ?? '');
        if (at === undefined) return err({ until: t.faults.wanted });
        const until = isoSecond(at);
        const end = record.until ?? record.hardLimit;
        const longer = record.until === null ? { ...record, hardLimit: until } : { ...record, until };
        return ok({
          // What changes, changes when it would have ended.
          proposed: { record: longer, at: end === null ? undefined : Math.max(Date.parse(end), now()) },
          write: (context) => embargoes.extend(context, record.id, { until }),
        });
      },
    },
    release: {
      said: 'embargo-released',
      danger: true,
      fields: (_view, values, faults) => [
        {
          ...{ id: 'at', label: t.fields.at, hint: t.hints.at ?? null, type: 'datetime-local' },
          ...{ value: values.get('at') ?? '', error: faults.at ?? null },
        },
      ],
      prepare: ({ record }, values) => {
        const said = values.get('at')?.trim() ?? '';
        const at = said === '' ? now() : instantOf(said);
        if (at === undefined) return err({ at: t.faults.time });
        return ok({
          proposed: { record: { ...record, until: isoSecond(at) }, at: Math.max(at, now()) },
          write: (context) => embargoes.release(context, record.id, said === '' ? undefined : isoSecond(at)),
        });
      },
    },
    withdraw: {
      said: 'embargo-withdrawn',
      danger: true,
      fields: noFields,
      prepare: ({ record }) =>
        ok({
          proposed: { record: { ...record, from: null, until: isoSecond(now()) }, at: now() },
          write: (context) => embargoes.withdraw(context, record.id),
        }),
    },
    activate: {
      said: 'embargo-activated',
      fields: noFields,
      prepare: ({ record }) =>
        ok({
          proposed: { draft: record.id, path: record.path },
          write: (context) => embargoes.activate(context, record.id),
        }),
    },
    exempt: {
      said: 'embargo-exempted',
      danger: true,
      fields: (_view, values, faults) => [
        {
          ...{ id: 'path', label: t.fields.openPath, hint: t.hints.openPath ?? null, required: true },
          ...{ value: values.get('path') ?? '', error: faults.path ?? null, maxlength: 512 },
        },
      ],
      prepare: ({ record }, values) => {
        const path = parsePath(values.get('path')?.trim() ?? '');
        if (!path.ok) return err({ path: texts.access.notPath });
        return ok({
          proposed: { record: { ...record, exempt: [...record.exempt, path.value] } },
          write: (context) => embargoes.exempt(context, record.id, path.value),
        });
      },
    },
    'add-party': {
      said: 'embargo-party-added',
      fields: (_view, values, faults) => [
        {
          ...{ id: 'subject', label: t.fields.subject, hint: t.hints.subject ?? null, required: true },
          ...{ value: values.get('subject') ?? '', error: faults.subject ?? null, maxlength: 300 },
        },
        {
          ...{ id: 'role', label: t.fields.role, type: 'select', value: values.get('role') ?? 'collaboration' },
          options: partyRoles.map((role) => [role, role] as const),
        },
        {
          ...{ id: 'actions', label: t.mayDo, type: 'checkboxes' },
          options: Object.entries(texts.access.operations),
          values: values.has('actions') ? values.getAll('actions') : ['read', 'stage', 'poll'],
        },
      ],
      prepare: ({ record }, values) => {
        const words = [values.get('role') ?? '', ...values.getAll('actions')].filter(Boolean);
        const party = readParty(values.get('subject')?.trim() ?? '', words);
        if (!party.ok) return err({ subject: party.error });
        return ok({
          proposed: { record: { ...record, parties: [...record.parties, party.value] } },
          write: (context) => embargoes.addParty(context, record.id, party.value),
        });
      },
    },
    'remove-party': {
      said: 'embargo-party-removed',
      danger: true,
      fields: ({ record }, values, faults) => [
        {
          ...{ id: 'subject', label: t.fields.subject, type: 'select', value: values.get('subject') ?? '' },
          options: [...new Set(record.parties.map(({ subject }) => subject))].map((one) => [one, one] as const),
          error: faults.subject ?? null,
        },
      ],
      prepare: ({ record }, values) => {
        const gone = values.get('subject')?.trim() ?? '';
        const parties = record.parties.filter(({ subject }) => subject !== gone);
        if (parties.length === record.parties.length) return err({ subject: t.noSuchParty });
        return ok({
          proposed: { record: { ...record, parties } },
          write: (context) => embargoes.removeParty(context, record.id, gone),
        });
      },
    },
  };
}
