/** The background work on events of one server process: looks at the ends of embargoes, and delivers. */
import { createDispatcher, type DispatchDeps } from './dispatch.ts';
import { repeat } from './repeat.ts';

/** How late an event that the clock brings may be, in milliseconds. The policy itself needs no look: it compares with the clock. */
const lookMilliseconds = 30_000;

/** How late a change is sent, in milliseconds. */
const dispatchMilliseconds = 1000;

export interface EventsDeps extends DispatchDeps {
  /** Adds the events that dates brought to the outbox. */
  readonly look: (now: number) => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

export interface RunningEvents {
  close(): Promise<void>;
}

/** Both begin at once; without targets there are only looks. */
export async function startEvents(deps: EventsDeps): Promise<RunningEvents> {
  const { targets, store, clock, look, onError } = deps;
  const dispatcher = createDispatcher(deps);
  await store.register(
    targets.map(({ name }) => name),
    clock.now(),
  );
  const looks = repeat(() => look(clock.now()), lookMilliseconds, onError);
  const rounds = targets.length === 0 ? undefined : repeat(dispatcher.round, dispatchMilliseconds, onError);
  return {
    close: async () => {
      dispatcher.stop();
      await Promise.all([looks.end(), rounds?.end()]);
    },
  };
}
