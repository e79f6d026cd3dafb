/** Where events are delivered: a webhook, and whatever else is added later, such as mail to an embargo's parties. */
import type { EventType } from '../shared/event-type.ts';
import type { RuleEvent } from './event.ts';

/** What came of one attempt. A target that did not take an event is asked again. */
export type Attempt =
  | { readonly taken: true }
  | {
      readonly taken: false;
      /** In few words for logs: without address, secret or what the target answered. */
      readonly error: string;
      /** What the target asked for. */
      readonly retryAfterSeconds?: number;
    };

export interface Target {
  /** Names it in the database, logs and metrics; a new name is a new target. */
  readonly name: string;
  readonly types: readonly EventType[];
  /** Never throws. `stopping` ends the attempt. */
  deliver(event: RuleEvent, stopping: AbortSignal): Promise<Attempt>;
}
