/** Storages, namespace, grants and embargoes: names given once, subjects that exist, and what the policy itself demands. */
import { checkPolicyFacts } from '../../policy/validate-facts.ts';
import { policyFacts } from '../facts.ts';
import type { LakeFault } from '../fault.ts';
import { type MergedRecords, mergeRecords } from '../merge.ts';
import type { ParsedLake } from '../parse.ts';
import type { LakeState } from '../state.ts';
import { checkInterval, checkSubject, checkUnique } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkRules(lake: ParsedLake, known: KnownNames, state: LakeState): LakeFault[] {
  return [
    ...checkUnique('storages', 'name', lake.storages, ({ name }) => name),
    ...checkUnique('grants', 'id', lake.grants, ({ id }) => id),
    ...checkUnique('embargoes', 'id', lake.embargoes, ({ id }) => id),
    ...checkServices(lake),
    ...checkSubjects(lake, known),
    ...checkEmbargoEnds(lake),
    ...checkPolicy(mergeRecords(lake, state)),
  ];
}

function checkServices({ storages }: ParsedLake): LakeFault[] {
  return storages
    .filter(({ value }) => value.kind === 'service' && (value.mounts ?? []).length > 0)
    .map(({ index }) => ({
      path: ['storages', index, 'mounts'],
      message: 'a service is no storage and has no mounts',
    }));
}

function checkSubjects({ grants, embargoes }: ParsedLake, known: KnownNames): LakeFault[] {
  return [
    ...grants.flatMap(({ index, value }) => checkSubject(['grants', index, 'subject'], value.subject, known)),
    ...embargoes.flatMap(({ index, value }) =>
      (value.parties ?? []).flatMap(({ subject }, party) =>
        checkSubject(['embargoes', index, 'parties', party, 'subject'], subject, known),
      ),
    ),
  ];
}

/** Policy-semantics 7: without an end there is a hard limit. */
function checkEmbargoEnds({ embargoes }: ParsedLake): LakeFault[] {
  return embargoes.flatMap(({ index, value: { from, until, hardLimit }, dropped }) => {
    const at = ['embargoes', index];
    if (dropped.has('until') || dropped.has('hardLimit')) return [];
    if (until === undefined && hardLimit === undefined) {
      return [{ path: at, message: 'has no end, expected `until`, or `hardLimit` for one that lasts until an event' }];
    }
    if (until !== undefined && hardLimit !== undefined && Date.parse(hardLimit) < Date.parse(until)) {
      return [{ path: [...at, 'hardLimit'], message: 'is before `until`' }];
    }
    return until === undefined
      ? checkInterval(at, { from, until: hardLimit }).map((fault) => ({ ...fault, path: [...at, 'hardLimit'] }))
      : [];
  });
}

/** What is wrong in the rules as they will be; what lies in the database alone is not this file's fault. */
function checkPolicy(merged: MergedRecords): LakeFault[] {
  const embargoes = merged.embargoes.filter(({ record }) => ['active', 'draft'].includes(record.state));
  const facts = policyFacts(
    {
      policy: merged.policy,
      groups: [],
      storages: merged.storages.map(({ record }) => record),
      namespace: merged.namespace.map(({ record }) => record),
      grants: merged.grants.map(({ record }) => record),
      embargoes: embargoes.map(({ record }) => ({ ...record, state: 'active' })),
    },
    0,
  );
  const places = { ...merged, embargoes };
  return checkPolicyFacts(facts).flatMap(({ path, message }) => {
    const text = nameObjects(message, places);
    const own = placeOf(path, places);
    if (own !== undefined) return [{ path: own, message: text }];
    // Told of an object of the database, but caused by one of the file.
    const [cause] = /\b(?:storages|namespace|grants|embargoes)\[\d+\][\w.[\]]*/.exec(message) ?? [];
    const other = cause === undefined ? undefined : placeOf(cause, places);
    return other === undefined ? [] : [{ path: other, message: `${nameObjects(path, places)}: ${text}` }];
  });
}

type Places = Record<
  'storages' | 'namespace' | 'grants' | 'embargoes',
  readonly { readonly index: number | null; readonly name: string }[]
>;

/** `grants[3].until` of the facts as a place in the file; the facts also hold what only the database has. */
function placeOf(path: string, places: Places): (string | number)[] | undefined {
  const parts = path.split(/[[\].]+/).filter((part) => part !== '');
  const [section = '', position = '', ...rest] = parts;
  const index = places[section as keyof Places]?.[Number(position)]?.index;
  if (index === undefined || index === null) return undefined;
  return [section, index, ...rest.map((part) => (/^\d+$/.test(part) ? Number(part) : part))];
}

function nameObjects(message: string, places: Places): string {
  return message.replace(
    /\b(storages|namespace|grants|embargoes)\[(\d+)\]/g,
    (text, section: keyof Places, position) => {
      const found = places[section][Number(position)];
      if (found === undefined) return text;
      return found.index === null ? `\`${found.name}\` of the database` : `${section}[${found.index}]`;
    },
  );
}
