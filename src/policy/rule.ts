/** The facts of the policy: subjects, grants, embargoes, storages, principals (policy-semantics, section 2). All instants are ms since the epoch. */

/** What a storage scope lets its bearer do, `storage.<action>` (WLCG profile 1.3, W-SCOPE-1). */
export type Action = 'read' | 'create' | 'modify' | 'stage' | 'poll';

export const actions: readonly Action[] = ['read', 'create', 'modify', 'stage', 'poll'];

/** Half-open `[from, until)`; `null` is without bound on that side. */
export interface Interval {
  readonly from: number | null;
  readonly until: number | null;
}

/** `user:<username>`, `group:<path>` or `client:<clientId>`. */
export type Subject = `user:${string}` | `group:${string}` | `client:${string}`;

/** A positive right on a subtree of the logical namespace. */
export interface Grant extends Interval {
  readonly id: string;
  readonly subject: Subject;
  readonly actions: readonly Action[];
  readonly path: string;
  /** When present, the grant counts only if every audience asked for is among them. */
  readonly audiences: readonly string[] | null;
}

/** A subject that an embargo admits, action by action (no closure). */
export interface Party extends Interval {
  readonly subject: Subject;
  readonly actions: readonly Action[];
  readonly maxTokenLifetimeSeconds: number | null;
}

/** A subtree closed, while active, to everyone but its parties. Withdrawn and draft ones are not among the facts. */
export interface Embargo extends Interval {
  readonly id: string;
  readonly path: string;
  readonly exempt: readonly string[];
  readonly actions: readonly Action[];
  readonly parties: readonly Party[];
  readonly maxTokenLifetimeSeconds: number;
}

/** How a storage compares a scope's path with a request (policy-semantics 2.3). */
export type Matching = 'segment' | 'string' | 'prefix';

/** `path` is the storage's own prefix, `at` its place in the logical tree. */
export interface Mount {
  readonly path: string;
  readonly at: string;
}

/** A registered audience: a storage, or a service that is none. */
export interface Storage {
  readonly name: string;
  readonly audience: string;
  readonly aliases: readonly string[];
  readonly kind: 'storage' | 'service';
  readonly matching: Matching;
  /** Empty: it shows the logical tree itself. */
  readonly mounts: readonly Mount[];
}

/** A membership of a group, by path. */
export interface Membership extends Interval {
  readonly group: string;
}

/** Whose rights count: a user (acting through a client), or a client acting for itself. */
export type Principal =
  | {
      readonly kind: 'user';
      readonly username: string;
      readonly memberships: readonly Membership[];
      readonly endsAt: number | null;
    }
  | { readonly kind: 'client'; readonly clientId: string; readonly memberships: readonly Membership[] };

export type PolicyMode = 'narrow' | 'strict' | 'expand';

/** A group as the policy and the group selection need it, in the configured order. */
export interface Group {
  readonly path: string;
  readonly isDefault: boolean;
  /** What `wlcg.capabilityset:<path>` stands for: scopes in logical paths; null or absent: the group has no set (W-CAP-4). */
  readonly capabilitySet?: readonly string[] | null;
}

/** Settings of the lake file's `policy`. */
export interface PolicySettings {
  readonly guardSeconds: number;
  readonly minLifetimeSeconds: number;
  readonly maxTokenLifetimeSeconds: number;
}

/** Everything the rules consist of, at one version; plain data, as loaded from the database or a lake file. */
export interface PolicyFacts {
  readonly version: number;
  readonly settings: PolicySettings;
  /** Those that are default ones or have a capability set: of others the rules need not know. */
  readonly groups: readonly Group[];
  readonly storages: readonly Storage[];
  readonly namespace: readonly string[];
  readonly grants: readonly Grant[];
  readonly embargoes: readonly Embargo[];
}
