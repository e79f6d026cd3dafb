/** What can happen to a rule, as the world outside hears of it: the closed set of event types (policy-semantics, section 7). */

export const eventTypes = [
  'embargo.created',
  'embargo.changed',
  'embargo.ending',
  'embargo.released',
  'embargo.withdrawn',
  'grant.created',
  'grant.changed',
  'grant.removed',
] as const;

export type EventType = (typeof eventTypes)[number];

/** Patterns that name several types, `embargo.*` and `grant.*`. */
export const eventPatterns: readonly string[] = ['embargo.*', 'grant.*', ...eventTypes];

/** The types that patterns name, each once. */
export function matchEventTypes(patterns: readonly string[]): readonly EventType[] {
  return eventTypes.filter((type) => patterns.includes(type) || patterns.includes(type.replace(/\..*/, '.*')));
}
