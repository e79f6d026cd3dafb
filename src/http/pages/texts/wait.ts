/** How long to wait, in words. */

/** `40 seconds`, `2 minutes`. */
export function waitText(seconds: number): string {
  if (seconds < 91) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
