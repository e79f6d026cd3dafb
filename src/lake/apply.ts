/** Brings a database to a lake file: everything is validated first, passwords are hashed, then all is written in one transaction. */
import { randomUUID } from 'node:crypto';
import { actorName, operator } from '../rules/actor.ts';
import type { Lost } from '../rules/store.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { checkLifeCycle } from './check/life-cycle.ts';
import { checkLake } from './check.ts';
import { describeClosing, findClosing } from './closing.ts';
import { formatFaults, type LocatedFault } from './fault.ts';
import { locate, type ParsedLake, parseLake } from './parse.ts';
import { type PreparedPasswords, preparePasswords, secretOf } from './passwords.ts';
import type { Change } from './plan/change.ts';
import { type LakePlan, planLake } from './plan.ts';
import { withoutPruned } from './prune.ts';
import { knownAsRecord } from './records.ts';
import type { LakeState } from './state.ts';
import type { LakeStore } from './store.ts';
import { findWarnings } from './warnings.ts';

export interface ApplyOptions {
  /** Write nothing, tell the same. */
  readonly dryRun?: boolean;
  /** Take away what an earlier `apply` created and the file no longer names. */
  readonly prune?: boolean;
  /** Replace stored passwords and client secrets by those of the file where they differ. */
  readonly resetSecrets?: boolean;
  /** Whether what is made counts as made by a lake file, which `--prune` may take away again. Default true. */
  readonly declare?: boolean;
  /** Stands in the histories of the rules that change; absent: that this file was applied. */
  readonly reason?: string | undefined;
  /** For what depends on the time; absent: the machine's. */
  readonly clock?: Clock;
  /** Is told how many passwords have been hashed. */
  readonly progress?: (done: number, total: number) => void;
}

export interface ApplyOutcome {
  /** From which the changes hold; null: nothing was written. */
  readonly policyVersion: number | null;
  readonly changes: readonly Change[];
  /** Differences that were left as they are. */
  readonly notices: readonly string[];
  readonly warnings: readonly string[];
  /** Paths of open data that were closed at once, and who is admitted to one no more: tokens may be out. */
  readonly closed: readonly string[];
  readonly lost: readonly Lost[];
}

/** Throws `lake_invalid` with every fault, one a line, `file:line: path: message`. */
export async function applyLake(
  store: LakeStore,
  text: string,
  fileName: string,
  options: ApplyOptions = {},
): Promise<ApplyOutcome> {
  const lake = readLake(text, fileName);
  const { dryRun = false, clock = systemClock } = options;
  const now = clock.now();
  const accounts = lake.accounts.map(({ value }) => value).filter(({ password }) => password !== undefined);
  // Keys take a while to read: nobody waits for the lake's lock meanwhile.
  for (const { value } of lake.accounts) knownAsRecord(value);
  // Without passwords there is nothing to prepare, and one reading is enough.
  let prepared: PreparedPasswords = new Map();
  if (dryRun || accounts.length > 0 || lake.faults.length > 0) {
    const state = await store.read();
    refuseFaults(lake, fileName, state, { ...options, now });
    prepared = await preparePasswords(accounts, state, {
      resetSecrets: options.resetSecrets ?? false,
      dryRun,
      progress: options.progress ?? (() => {}),
    });
    if (dryRun) return { ...nothingWritten, ...outcome(plan(lake, state, prepared, options, now), lake, state, now) };
  }
  return store.change(async (session) => {
    const state = await session.read();
    refuseFaults(lake, fileName, state, { ...options, now });
    const planned = plan(lake, state, prepared, options, now);
    const by = { actor: actorName(operator), reason: options.reason?.trim() || `apply ${fileName}` };
    const { policyVersion, lost } = await session.write(planned.writes, by, now);
    const told = outcome(planned, lake, state, now);
    return { ...told, policyVersion: planned.changes.length > 0 ? policyVersion : null, lost };
  });
}

/** The parsed file; throws `lake_invalid` when the text cannot be read at all. */
export function readLake(text: string, fileName: string): ParsedLake {
  const parsed = parseLake(text);
  if (parsed.ok) return parsed.value;
  throw invalid(fileName, parsed.error);
}

/** Throws `lake_invalid` with every fault of the file, given what the database holds; what an embargo may become depends on `now`. */
export function refuseFaults(
  lake: ParsedLake,
  fileName: string,
  state: LakeState,
  { prune = false, now }: Pick<ApplyOptions, 'prune'> & { readonly now?: number } = {},
): void {
  const faults = [
    ...checkLake(lake, prune ? withoutPruned(lake, state) : state),
    ...(now === undefined ? [] : checkLifeCycle(lake, state, now)),
  ];
  if (faults.length > 0) throw invalid(fileName, locate(lake, faults));
}

/** Several faults stand below one another, so that each line begins with its place. */
function invalid(fileName: string, faults: readonly LocatedFault[]): AppError {
  const text = formatFaults(fileName, faults);
  return new AppError(
    'lake_invalid',
    faults.length === 1 ? text : `the lake file is not valid: ${faults.length} faults\n${text}`,
  );
}

function plan(
  lake: ParsedLake,
  state: LakeState,
  prepared: PreparedPasswords,
  options: ApplyOptions,
  now: number,
): LakePlan {
  return planLake(lake, state, {
    now,
    prune: options.prune ?? false,
    declare: options.declare ?? true,
    resetSecrets: options.resetSecrets ?? false,
    newId: randomUUID,
    secretOf: secretOf(prepared),
  });
}

function outcome(
  { changes, notices }: LakePlan,
  lake: ParsedLake,
  state: LakeState,
  now: number,
): Omit<ApplyOutcome, 'policyVersion' | 'lost'> {
  const closing = findClosing(lake, state, now);
  return {
    changes,
    notices: [...notices, ...describeClosing(closing)],
    warnings: findWarnings(lake, state),
    closed: closing.filter(({ openings }) => openings > 0).map(({ record }) => record.path),
  };
}

const nothingWritten = { policyVersion: null, lost: [] } as const;
