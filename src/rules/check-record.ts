/** Holds one changed rule to the checks of a whole lake file, together with everything that is there (policy-semantics 2, 2.2, 7). */
import { checkSubject } from '../lake/check/common.ts';
import { checkConfiguration } from '../lake/check/configuration.ts';
import { checkEnds } from '../lake/check/ends.ts';
import type { LakeFault } from '../lake/fault.ts';
import type { Merged, MergedRecords } from '../lake/merge.ts';
import type { EmbargoRecord, GrantRecord, StorageRecord } from '../lake/records.ts';
import type { Refused, RuleFault } from './refusal.ts';
import { refuse } from './refusal.ts';
import type { PresentConfiguration, RuleSession } from './store.ts';

/** Faults of the grant itself, and of what it does to the others. */
export async function checkGrant(
  session: RuleSession,
  record: GrantRecord,
  present: PresentConfiguration,
): Promise<RuleFault[]> {
  const known = await session.knownNames([record.subject]);
  const faults = checkConfiguration({ ...asPresent(present), grants: withOwn(present.grants, record, ({ id }) => id) });
  return [...checkSubject(['subject'], record.subject, known), ...withinRecord('grants', faults)];
}

/** `newSubjects`: those of its parties that must exist; an account that is gone must not hold up other changes. */
export async function checkEmbargo(
  session: RuleSession,
  record: EmbargoRecord,
  present: PresentConfiguration,
  newSubjects: ReadonlySet<string>,
): Promise<RuleFault[]> {
  const known = await session.knownNames([...newSubjects]);
  const subjects = record.parties.flatMap(({ subject }, index) =>
    newSubjects.has(subject) ? checkSubject(['parties', index, 'subject'], subject, known) : [],
  );
  const faults = checkConfiguration({
    ...asPresent(present),
    embargoes: withOwn(present.embargoes, record, ({ id }) => id),
  });
  return [...checkLength(record), ...checkEnds([], record), ...subjects, ...withinRecord('embargoes', faults)];
}

export function checkStorage(record: StorageRecord, present: PresentConfiguration): RuleFault[] {
  const faults = checkConfiguration({
    ...asPresent(present),
    storages: withOwn(present.storages, record, ({ name }) => name),
  });
  const isService = record.kind === 'service' && record.mounts.length > 0;
  return [
    ...(isService ? [{ path: ['mounts'], message: 'a service is no storage and has no mounts' }] : []),
    ...withinRecord('storages', faults),
  ];
}

/** Undefined when there are none. */
export function refuseFaults(faults: readonly RuleFault[]): Refused | undefined {
  const [first] = faults;
  if (first === undefined) return undefined;
  const place = first.path.length === 0 ? '' : `${first.path.join('.')}: `;
  return refuse('invalid', `${place}${first.message}`, { faults });
}

/** Grants of its parties are named after it. */
function checkLength({ id }: EmbargoRecord): RuleFault[] {
  return id.length <= longestEmbargoId
    ? []
    : [{ path: ['id'], message: `expected an id of at most ${longestEmbargoId} characters` }];
}

/** Eight less than the id of any rule: room for `:` and a number. */
const longestEmbargoId = 120;

function asPresent({ policy, storages, grants, embargoes }: PresentConfiguration): MergedRecords {
  return {
    policy,
    namespace: [],
    storages: storages.map((record) => placed(record, record.name)),
    grants: grants.map((record) => placed(record, record.id)),
    embargoes: embargoes.map((record) => placed(record, record.id)),
  };
}

function placed<R>(record: R, name: string): Merged<R> {
  return { record, name, index: null };
}

function withOwn<R>(present: readonly R[], own: R, keyOf: (record: R) => string): Merged<R>[] {
  const others = present.filter((record) => keyOf(record) !== keyOf(own));
  return [{ record: own, name: keyOf(own), index: 0 }, ...others.map((record) => placed(record, keyOf(record)))];
}

/** `['grants', 0, 'path']` becomes `['path']`, and `grants[0].path` in a message `path`. */
function withinRecord(section: string, faults: readonly LakeFault[]): RuleFault[] {
  return faults
    .filter(({ path }) => path[0] === section)
    .map(({ path, message }) => ({
      path: path.slice(2),
      message: message.replaceAll(`${section}[0].`, '').replaceAll(`${section}[0]`, 'this one'),
    }));
}
