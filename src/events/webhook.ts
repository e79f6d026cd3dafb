/** A webhook as a target of events: one signed POST per attempt, taken when the answer is 2xx. */
import type { Clock } from '../shared/clock.ts';
import { matchEventTypes } from '../shared/event-type.ts';
import { renderMessage } from './event.ts';
import { signMessage } from './signature.ts';
import type { Attempt, Target } from './target.ts';

export interface Webhook {
  readonly name: string;
  readonly url: string;
  /** `whsec_` and base64, newest first; each signs. */
  readonly secrets: readonly string[];
  /** Types and patterns such as `embargo.*`. */
  readonly events: readonly string[];
}

/** The receiver should queue what it gets and answer at once. */
const answerTimeoutMs = 10_000;

export function createWebhookTarget(webhook: Webhook, clock: Clock, timeoutMs = answerTimeoutMs): Target {
  const { name, url, secrets, events } = webhook;
  return {
    name,
    types: matchEventTypes(events),
    deliver: async (event, stopping) => {
      const body = renderMessage(event);
      const seconds = Math.floor(clock.now() / 1000);
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'User-Agent': 'sluice',
            'webhook-id': event.id,
            'webhook-timestamp': String(seconds),
            'webhook-signature': signMessage(secrets, event.id, seconds, body),
          },
          body,
          // An address that nobody configured must not get events.
          redirect: 'manual',
          signal: AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]),
        });
        // The status says all; of the answer nothing is read.
        await response.body?.cancel().catch(() => {});
        return judge(response, clock.now());
      } catch (error) {
        return { taken: false, error: describe(error) };
      }
    },
  };
}

function judge({ ok, status, headers }: Response, now: number): Attempt {
  if (ok) return { taken: true };
  const retryAfter = readRetryAfter(headers.get('retry-after'), now);
  return { taken: false, error: `answered ${status}`, ...(retryAfter !== null && { retryAfterSeconds: retryAfter }) };
}

/** `Retry-After` in seconds from now (RFC 9110 section 10.2.3): a number of seconds or a date. */
function readRetryAfter(text: string | null, now: number): number | null {
  if (text === null) return null;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  return seconds > 0 ? seconds : null;
}

/** A system's or library's code at most: messages name addresses. */
function describe(error: unknown): string {
  if (error instanceof DOMException) return error.name === 'TimeoutError' ? 'no answer in time' : 'stopped';
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return `no answer${typeof code === 'string' ? ` (${code})` : ''}`;
}
