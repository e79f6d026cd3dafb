/** Settings of the lake: a part that the file names becomes what it says; pruned parts fall back to their defaults. */
import type { LakeHead } from '../schema.ts';
import type { LakeSettings } from '../state.ts';
import { type Change, describeFields, type Fields, isSame } from './change.ts';

export type SettingName = keyof LakeSettings;

export interface SettingsPlan {
  readonly upserts: readonly (readonly [SettingName, unknown])[];
  readonly removals: readonly SettingName[];
  readonly changes: readonly Change[];
}

export function planSettings(said: Partial<LakeHead>, present: LakeSettings, prune: boolean): SettingsPlan {
  const upserts: [SettingName, unknown][] = [];
  const removals: SettingName[] = [];
  const changes: Change[] = [];
  for (const name of [
    'vo',
    'policy',
    'registration',
    'entitlements',
    'secondFactor',
    'enrolment',
    'acceptableUse',
    'lifeCycle',
    'upstreams',
  ] as const) {
    const [before, after] = [present[name], said[name]];
    if (after === undefined) {
      // Without a name the community would lose the root of its groups.
      if (!prune || before === null || name === 'vo') continue;
      removals.push(name);
      changes.push({ sign: '-', object: name, details: [] });
    } else if (!isSame(before, after)) {
      upserts.push([name, after]);
      changes.push({
        sign: before === null ? '+' : '~',
        object: name,
        details: describe(fieldsOf(before), fieldsOf(after) as string | Fields),
      });
    }
  }
  return { upserts, removals, changes };
}

/** A list by the names of its objects. */
function fieldsOf<T extends string | Fields | null>(value: T | LakeSettings['upstreams']): T | Fields {
  return Array.isArray(value) ? Object.fromEntries(value.map((one) => [one.name, one])) : (value as T);
}

function describe(before: string | Fields | null, after: string | Fields): string[] {
  if (typeof after === 'string') return [`${before === null ? '(none)' : before} → ${after}`];
  return before === null || typeof before === 'string' ? [] : describeFields(before, after);
}
