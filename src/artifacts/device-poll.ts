/** How often a client may ask whether its user has confirmed (RFC 8628 section 3.5). */

/** Seconds between two askings at first, as the answer to the device request says. */
export const firstPollSeconds = 5;

/** What each asking that came too soon adds, in seconds. */
export const pollPenaltySeconds = 5;

/** A client that waits exactly so long is not too early because its second request travelled faster than its first; in milliseconds. */
export const pollToleranceMilliseconds = 500;

export interface DevicePollStore {
  /** Notes that a device code was asked for; false when that was too soon, and the interval is longer from then on. `now` in milliseconds since the epoch. */
  poll(deviceCode: string, now: number): Promise<boolean>;
}
