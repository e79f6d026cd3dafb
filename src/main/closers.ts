/** What a start has opened, to be closed in reverse order, also when the start fails half-way. */

export interface Closers {
  add(close: () => Promise<void>): void;
  /** Closes everything once, whatever fails; later calls wait for the first. Throws the first fault at the end. */
  closeAll(): Promise<void>;
}

export function createClosers(): Closers {
  const stack: (() => Promise<void>)[] = [];
  let closing: Promise<void> | undefined;
  const run = async () => {
    const faults: unknown[] = [];
    for (let close = stack.pop(); close !== undefined; close = stack.pop()) {
      await close().catch((fault: unknown) => faults.push(fault));
    }
    if (faults.length > 0) {
      throw faults[0];
    }
  };
  return {
    add: (close) => {
      stack.push(close);
      // Something that was opened after the end began.
      closing = closing?.then(run);
    },
    closeAll: () => {
      closing ??= run();
      return closing;
    },
  };
}
