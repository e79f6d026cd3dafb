/** Work of a server process that is done now and again. */

export interface Repeated {
  /** No further round; resolves when the present one has ended. */
  end(): Promise<void>;
}

/** Runs the work at once and then at every interval, never twice at a time. */
export function repeat(
  work: () => Promise<unknown>,
  milliseconds: number,
  onError: (error: unknown) => void,
): Repeated {
  let running: Promise<void> | undefined;
  const run = () => {
    running ??= work()
      .then(() => {}, onError)
      .finally(() => {
        running = undefined;
      });
  };
  run();
  const timer = setInterval(run, milliseconds);
  timer.unref();
  return {
    end: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
