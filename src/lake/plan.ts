/** Desired lake and present state in, writes and diff out: pure, so that `--dry-run` and the real run say the same. */
import type { ParsedLake } from './parse.ts';
import { type AccountOptions, type AccountWrite, planAccounts } from './plan/accounts.ts';
import { type LostAdmissions, planAdmissions, planLeavers } from './plan/admissions.ts';
import type { Change } from './plan/change.ts';
import { type ClientWrite, planClients } from './plan/clients.ts';
import { planEmbargoes } from './plan/embargoes.ts';
import { planGroups } from './plan/groups.ts';
import { planSection, type SectionWrites } from './plan/section.ts';
import { planSettings, type SettingsPlan } from './plan/settings.ts';
import {
  type EmbargoRecord,
  type ExchangeRuleRecord,
  exchangeRuleRecord,
  type GrantRecord,
  type GroupRecord,
  grantRecord,
  groupRecord,
  type StorageRecord,
  storageRecord,
} from './records.ts';
import type { LakeState } from './state.ts';

export interface PlanOptions extends AccountOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What the store has to write, in one transaction. */
export interface LakeWrites {
  readonly settings: Pick<SettingsPlan, 'upserts' | 'removals'>;
  readonly groups: SectionWrites<GroupRecord>;
  readonly accounts: readonly AccountWrite[];
  readonly clients: { readonly writes: readonly ClientWrite[]; readonly removals: readonly string[] };
  readonly storages: SectionWrites<StorageRecord>;
  readonly namespace: SectionWrites<string>;
  readonly grants: SectionWrites<GrantRecord>;
  readonly embargoes: SectionWrites<EmbargoRecord>;
  readonly exchangeRules: SectionWrites<ExchangeRuleRecord>;
  readonly lost: readonly LostAdmissions[];
  /** Whether memberships and managed groups count as named by a lake file. */
  readonly declares: boolean;
}

export interface LakePlan {
  readonly writes: LakeWrites;
  readonly changes: readonly Change[];
  /** What was left as it is although the file says otherwise. */
  readonly notices: readonly string[];
}

export function planLake(lake: ParsedLake, state: LakeState, options: PlanOptions): LakePlan {
  const { prune } = options;
  const settings = planSettings(lake.head, state.settings, prune);
  const groupsBefore = new Map(state.groups.map(({ record }) => [record.path, record]));
  const groups = planGroups(
    lake.groups.map(({ value }) => groupRecord(value, groupsBefore.get(value.path))),
    state.groups,
    options,
  );
  const accounts = planAccounts(
    lake.accounts.map(({ value }) => value),
    state.accounts,
    options,
  );
  const clients = planClients(
    lake.clients.map(({ value }) => value),
    state.clients,
    options,
  );
  const rules = planRules(lake, state, options);
  const { storages, namespace, grants, embargoes, exchangeRules } = rules;
  return {
    writes: {
      settings,
      groups,
      accounts: accounts.writes,
      clients,
      ...rules,
      declares: options.declare,
      lost: [...rules.lost, ...planLeavers(accounts.writes, embargoesAfter(rules, state), options.now)],
    },
    changes: [settings, groups, accounts, clients, storages, namespace, grants, embargoes, exchangeRules].flatMap(
      ({ changes }) => changes,
    ),
    notices: [...accounts.notices, ...clients.notices, ...embargoes.notices],
  };
}

function embargoesAfter({ embargoes }: Pick<LakeWrites, 'embargoes'>, state: LakeState): EmbargoRecord[] {
  const written = new Map(embargoes.upserts.map(({ record }) => [record.id, record]));
  for (const { record } of state.embargoes) if (!written.has(record.id)) written.set(record.id, record);
  return [...written.values()];
}

function planRules(lake: ParsedLake, state: LakeState, { prune, now, declare }: PlanOptions) {
  const embargoes = planEmbargoes(
    lake.embargoes.map(({ value }) => value),
    state.embargoes,
    { prune, now, declare },
  );
  const grants = planSection<GrantRecord>({
    kind: 'grant',
    desired: lake.grants.map(({ value }) => grantRecord(value)),
    present: state.grants,
    keyOf: ({ id }) => id,
    fieldsOf: ({ id: _, ...fields }) => fields,
    prune,
    declare,
  });
  const settled = new Set([...lake.grants.map(({ value }) => value.id), ...grants.removals]);
  const admissions = planAdmissions(embargoes.upserts, state, (id) => settled.has(id), now);
  return {
    storages: planSection<StorageRecord>({
      kind: 'storage',
      desired: lake.storages.map(({ value }) => storageRecord(value)),
      present: state.storages,
      keyOf: ({ name }) => name,
      fieldsOf: ({ name: _, ...fields }) => fields,
      prune,
      declare,
    }),
    namespace: planSection<string>({
      kind: 'namespace',
      desired: [...new Set(lake.namespace.map(({ value }) => value))],
      present: state.namespace,
      keyOf: (path) => path,
      fieldsOf: () => ({}),
      prune,
      declare,
    }),
    grants: {
      upserts: grants.upserts,
      removals: [...grants.removals, ...admissions.removals],
      changes: [...grants.changes, ...admissions.changes],
    },
    embargoes,
    exchangeRules: planSection<ExchangeRuleRecord>({
      kind: 'exchange rule',
      desired: lake.exchangeRules.map(({ value }) => exchangeRuleRecord(value)),
      present: state.exchangeRules,
      keyOf: ({ id }) => id,
      fieldsOf: ({ id: _, ...fields }) => fields,
      prune,
      declare,
    }),
    lost: admissions.lost,
  };
}
