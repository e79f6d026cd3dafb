/** The rules in the form in which they are looked up: canonical paths, sets of actions, spans of time. */
import type { ActionSet } from './action.ts';
import type { Span } from './interval.ts';
import type { CanonicalPath } from './path.ts';
import type { Storage, Subject } from './rule.ts';

/** A mount in canonical paths. */
export interface CompiledMount {
  readonly path: CanonicalPath;
  readonly at: CanonicalPath;
}

/** A registered audience; `shows` has the mounts, or the whole logical tree for a storage without. */
export interface CompiledStorage extends Storage {
  readonly shows: readonly CompiledMount[];
}

/** A mount (`path` is the storage's own) and the storage it belongs to, for judging a path at every storage at once. */
export interface Place {
  readonly path: CanonicalPath;
  readonly storage: CompiledStorage;
  readonly mount: CompiledMount;
}

export interface CompiledGrant extends Span {
  readonly id: string;
  readonly subject: Subject;
  /** `subjectKey` of it. */
  readonly key: number;
  readonly path: CanonicalPath;
  /** Closure of the granted actions. */
  readonly gives: ActionSet;
  /** Null: at any audience, and at none. */
  readonly at: ReadonlySet<CompiledStorage> | null;
}

export interface CompiledParty extends Span {
  readonly subject: Subject;
  /** As written, without closure. */
  readonly actions: ActionSet;
  /** Milliseconds; the party's own, or the embargo's. */
  readonly tokenLife: number;
}

export interface CompiledEmbargo extends Span {
  readonly id: string;
  readonly path: CanonicalPath;
  readonly exempt: readonly CanonicalPath[];
  readonly closes: ActionSet;
  readonly parties: readonly CompiledParty[];
}
