/** How long a delivery waits after a failed attempt: three times longer each time, up to six hours, spread by chance. */

const firstSeconds = 10;
const longestSeconds = 6 * 3600;

/** Of the delay, either way: what failed together is not tried again together. */
const spread = 0.2;

/**
 * Milliseconds until the next attempt. `attempts` is the number made so far, 1 or more; `chance` is from [0, 1);
 * `retryAfterSeconds` is what the receiver asked for, kept up to six hours.
 */
export function findRetryDelay(attempts: number, chance: number, retryAfterSeconds = 0): number {
  const growing = Math.min(firstSeconds * 3 ** (attempts - 1), longestSeconds);
  const spreadOut = growing * (1 + spread * (2 * chance - 1));
  return Math.round(1000 * Math.max(spreadOut, Math.min(retryAfterSeconds, longestSeconds)));
}
