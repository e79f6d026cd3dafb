/** An event of the outbox, and the message that the world outside gets of it (policy-semantics, section 7). */
import type { EventType } from '../shared/event-type.ts';

/** One row of the outbox. Instants are ms since the epoch. */
export interface RuleEvent {
  /** Rises in the order in which changes took effect; numbers may be left out. */
  readonly sequence: number;
  /** A UUID, the same in every attempt. */
  readonly id: string;
  readonly type: EventType;
  readonly kind: 'grant' | 'embargo';
  readonly ruleId: string;
  /** Of the rule: 1, 2, … */
  readonly version: number;
  readonly policyVersion: number;
  readonly at: number;
  readonly data: RuleEventData;
}

export interface RuleEventData {
  /** In one word: created, extended, released, … */
  readonly change: string;
  /** `user:<username>`, `client:<id>`, `operator`; `clock` when a date brought the event. */
  readonly actor: string;
  readonly reason: string | null;
  /** The rule in the words of the lake file; of a removed one its last state. */
  readonly rule: object;
  /** Of what the clock brings: the end, ISO 8601. */
  readonly endsAt?: string;
  /** Of `embargo.ending`: 30 or 7. */
  readonly daysBefore?: number;
  /** Of `embargo.ending`: whom it concerns, subjects of the parties. */
  readonly subjects?: readonly string[];
}

/** The JSON text that is signed and sent. */
export function renderMessage({
  sequence,
  id,
  type,
  kind,
  ruleId,
  version,
  policyVersion,
  at,
  data,
}: RuleEvent): string {
  return JSON.stringify({
    id,
    type,
    timestamp: new Date(at).toISOString(),
    sequence,
    data: { kind, id: ruleId, version, policyVersion, ...data },
  });
}
