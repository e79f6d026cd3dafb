/** The life cycle of accounts: warnings before an end, suspension at the end, removal after a grace. Several processes may run it at once. */
import type { Clock } from '../shared/clock.ts';
import { type ChangeContext, systemActor } from './actor.ts';
import type { AccountAdministration } from './administration.ts';

export interface LifeCycleSettings {
  /** So many days before the end a mail warns of it. */
  readonly warnDays: readonly number[];
  /** Null: never. */
  readonly suspendInactiveDays: number | null;
  /** Null: never. */
  readonly removeAfterDays: number | null;
}

/** An account whose time has come, and why. */
export interface DueAccount {
  readonly id: string;
  readonly because: 'ended' | 'inactive';
  /** Milliseconds since the epoch. */
  readonly end: number;
}

export interface LifeCycleStore {
  settings(): Promise<LifeCycleSettings>;
  /** Puts the warnings that are due into the outbox, each end and notice once. Returns how many. */
  warn(settings: LifeCycleSettings, now: number): Promise<number>;
  /** Active accounts past their end, by id, after this one. */
  findEnded(settings: LifeCycleSettings, now: number, after: string): Promise<readonly DueAccount[]>;
  /** Notes that the life cycle suspended it, and tells its people. */
  noteSuspended(account: DueAccount, now: number): Promise<void>;
  /** Suspended accounts past their grace, by id, after this one. */
  findRemovable(removeAfterDays: number, now: number, after: string): Promise<readonly { readonly id: string }[]>;
}

export interface LifeCycleDeps {
  readonly store: LifeCycleStore;
  readonly accounts: Pick<AccountAdministration, 'suspend' | 'remove'>;
  readonly clock: Clock;
}

export interface LifeCycle {
  /** One round; returns how many accounts were warned, suspended and removed. */
  run(): Promise<{ readonly warned: number; readonly suspended: number; readonly removed: number }>;
}

export function createLifeCycle({ store, accounts, clock }: LifeCycleDeps): LifeCycle {
  return {
    run: async () => {
      const settings = await store.settings();
      const now = clock.now();
      const warned = await store.warn(settings, now);
      const suspended = await each(
        (after) => store.findEnded(settings, now, after),
        async (due) => {
          // The last administrator stays, and another process may have been first.
          const done = await accounts.suspend(by(reasonOf(due)), due.id);
          if (done.ok) await store.noteSuspended(due, now);
          return done.ok;
        },
      );
      const { removeAfterDays } = settings;
      if (removeAfterDays === null) return { warned, suspended, removed: 0 };
      const removed = await each(
        (after) => store.findRemovable(removeAfterDays, now, after),
        async ({ id }) => (await accounts.remove(by(`${removeAfterDays} days after the end`), id)).ok,
      );
      return { warned, suspended, removed };
    },
  };
}

/** How many of all the pieces were done. */
async function each<T extends { readonly id: string }>(
  find: (after: string) => Promise<readonly T[]>,
  work: (item: T) => Promise<boolean>,
): Promise<number> {
  let count = 0;
  for (let after = ''; ; ) {
    const found = await find(after);
    for (const item of found) count += (await work(item)) ? 1 : 0;
    const last = found.at(-1);
    if (last === undefined) return count;
    after = last.id;
  }
}

function by(reason: string): ChangeContext {
  return { actor: systemActor('life-cycle'), reason };
}

function reasonOf({ because, end }: DueAccount): string {
  const day = new Date(end).toISOString().slice(0, 10);
  return because === 'ended' ? `the account ended on ${day}` : `not used until ${day}`;
}
