/** Builds policy facts and requests for tests from a short form: lake-file names, ISO instants, defaults for what a case does not care about. */
import type { FlowCeiling, PolicyRequest } from '../../src/policy/decision.ts';
import {
  type Action,
  actions,
  type Interval,
  type Matching,
  type Membership,
  type Mount,
  type PolicyFacts,
  type PolicyMode,
  type PolicySettings,
  type Principal,
  type Subject,
} from '../../src/policy/rule.ts';

interface Dated {
  readonly from?: string;
  readonly until?: string;
}

export interface ShortStorage {
  readonly name: string;
  readonly audience?: string;
  readonly aliases?: readonly string[];
  readonly kind?: 'storage' | 'service';
  readonly matching?: Matching;
  readonly mounts?: readonly Mount[];
}

export interface ShortGrant extends Dated {
  readonly id: string;
  readonly subject: string;
  readonly actions: readonly string[];
  readonly path: string;
  readonly audiences?: readonly string[];
}

export interface ShortParty extends Dated {
  readonly subject: string;
  readonly actions?: readonly string[];
  readonly maxTokenLifetimeSeconds?: number;
}

export interface ShortEmbargo extends Dated {
  readonly id: string;
  readonly path: string;
  readonly exempt?: readonly string[];
  readonly actions?: readonly string[];
  readonly parties?: readonly ShortParty[];
  readonly maxTokenLifetimeSeconds?: number;
}

export interface ShortFacts {
  readonly settings?: Partial<PolicySettings>;
  readonly groups?: readonly {
    readonly path: string;
    readonly default?: boolean;
    readonly capabilitySet?: readonly string[];
  }[];
  readonly storages?: readonly ShortStorage[];
  readonly namespace?: readonly string[];
  readonly grants?: readonly ShortGrant[];
  readonly embargoes?: readonly ShortEmbargo[];
}

export type ShortMembership = string | ({ readonly path: string } & Dated);

/** With `client`, a client acting for itself. */
export interface ShortPrincipal {
  readonly user?: string;
  readonly client?: string;
  readonly groups?: readonly ShortMembership[];
  readonly endsAt?: string;
}

export interface ShortRequest {
  readonly principal: ShortPrincipal;
  readonly client?: {
    readonly scopes?: readonly string[];
    readonly policyMode?: PolicyMode;
    readonly optionalGroups?: boolean;
  };
  readonly audiences?: readonly string[];
  /** Space-separated. */
  readonly scope: string;
  readonly unticked?: readonly string[];
  readonly now?: string;
  readonly lifetimeSeconds?: number;
  readonly ceiling?: FlowCeiling;
  readonly expiresAtMost?: string;
}

/** The instant of the worked examples (policy-semantics 9). */
export const noon = '2026-11-22T12:00:00Z';

const everything = actions.map((action) => `storage.${action}:/`);

export function policyFacts(short: ShortFacts): PolicyFacts {
  return {
    version: 1,
    settings: { guardSeconds: 120, minLifetimeSeconds: 300, maxTokenLifetimeSeconds: 21_540, ...short.settings },
    groups: (short.groups ?? []).map(({ path, default: isDefault = false, capabilitySet = null }) => ({
      path,
      isDefault,
      capabilitySet,
    })),
    storages: (short.storages ?? []).map(({ name, ...storage }) => ({
      name,
      audience: name,
      aliases: [],
      kind: 'storage',
      matching: 'segment',
      mounts: [],
      ...storage,
    })),
    namespace: short.namespace ?? [],
    grants: (short.grants ?? []).map(({ from, until, ...grant }) => ({
      ...grant,
      ...interval({ from, until }),
      subject: grant.subject as Subject,
      actions: grant.actions as Action[],
      audiences: grant.audiences ?? null,
    })),
    embargoes: (short.embargoes ?? []).map(readEmbargo),
  };
}

function readEmbargo({ id, path, from, until, ...embargo }: ShortEmbargo): PolicyFacts['embargoes'][number] {
  return {
    id,
    path,
    ...interval({ from, until }),
    exempt: embargo.exempt ?? [],
    actions: (embargo.actions ?? actions) as Action[],
    maxTokenLifetimeSeconds: embargo.maxTokenLifetimeSeconds ?? 1200,
    parties: (embargo.parties ?? []).map((party) => ({
      ...interval(party),
      subject: party.subject as Subject,
      actions: (party.actions ?? actions) as Action[],
      maxTokenLifetimeSeconds: party.maxTokenLifetimeSeconds ?? null,
    })),
  };
}

export function policyRequest(short: ShortRequest): PolicyRequest {
  return {
    principal: principal(short.principal),
    client: {
      clientId: 'portal',
      scopes: short.client?.scopes ?? ['openid', 'wlcg.groups', ...everything],
      policyMode: short.client?.policyMode ?? 'narrow',
      optionalGroups: short.client?.optionalGroups ?? true,
    },
    audiences: short.audiences ?? ['SEGMENT'],
    scopes: short.scope.split(' ').filter((scope) => scope !== ''),
    unticked: short.unticked ?? [],
    now: Date.parse(short.now ?? noon),
    lifetimeSeconds: short.lifetimeSeconds ?? 3600,
    ceiling: short.ceiling,
    expiresAtMost: short.expiresAtMost === undefined ? null : Date.parse(short.expiresAtMost),
  };
}

function principal({ user, client, groups = [], endsAt }: ShortPrincipal): Principal {
  const memberships = groups.map(
    (group): Membership =>
      typeof group === 'string' ? { group, from: null, until: null } : { group: group.path, ...interval(group) },
  );
  return client === undefined
    ? { kind: 'user', username: user ?? 'bob', memberships, endsAt: endsAt === undefined ? null : Date.parse(endsAt) }
    : { kind: 'client', clientId: client, memberships };
}

function interval({ from, until }: { from?: string | undefined; until?: string | undefined }): Interval {
  return {
    from: from === undefined ? null : Date.parse(from),
    until: until === undefined ? null : Date.parse(until),
  };
}
