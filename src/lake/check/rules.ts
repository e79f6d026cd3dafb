/** Storages, namespace, grants and embargoes: names given once, subjects that exist, and what the policy itself demands. */
import type { LakeFault } from '../fault.ts';
import { mergeRecords } from '../merge.ts';
import type { ParsedLake } from '../parse.ts';
import { exchangeRuleRecord } from '../records.ts';
import type { LakeState } from '../state.ts';
import { checkSubject, checkUnique } from './common.ts';
import { checkConfiguration } from './configuration.ts';
import { checkEnds } from './ends.ts';
import { checkExchangeRule } from './exchange-rule.ts';
import type { KnownNames } from './known.ts';

export function checkRules(lake: ParsedLake, known: KnownNames, state: LakeState): LakeFault[] {
  return [
    ...checkUnique('storages', 'name', lake.storages, ({ name }) => name),
    ...checkUnique('grants', 'id', lake.grants, ({ id }) => id),
    ...checkUnique('embargoes', 'id', lake.embargoes, ({ id }) => id),
    ...checkUnique('exchangeRules', 'id', lake.exchangeRules, ({ id }) => id),
    ...checkServices(lake),
    ...checkSubjects(lake, known),
    ...checkEmbargoNames(lake, state),
    ...checkEmbargoEnds(lake),
    ...lake.exchangeRules.flatMap(({ index, value }) =>
      checkExchangeRule(['exchangeRules', index], exchangeRuleRecord(value), known),
    ),
    ...checkConfiguration(mergeRecords(lake, state)),
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

/** A grant that goes with a party names an embargo that exists. */
function checkEmbargoNames({ grants, embargoes }: ParsedLake, state: LakeState): LakeFault[] {
  const known = new Set([...embargoes.map(({ value }) => value.id), ...state.embargoes.map(({ record }) => record.id)]);
  return grants
    .filter(({ value: { embargo } }) => embargo !== undefined && !known.has(embargo))
    .map(({ index, value }) => ({
      path: ['grants', index, 'embargo'],
      message: `embargo \`${value.embargo}\` not known`,
    }));
}

function checkEmbargoEnds({ embargoes }: ParsedLake): LakeFault[] {
  return embargoes
    .filter(({ dropped }) => !dropped.has('until') && !dropped.has('hardLimit'))
    .flatMap(({ index, value }) => checkEnds(['embargoes', index], value));
}
