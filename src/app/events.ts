/** Puts together what one process does about events: targets from the settings, looks, deliveries, metrics. */

import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from '../config/schema.ts';
import { type RunningEvents, startEvents } from '../events/run.ts';
import { createWebhookTarget } from '../events/webhook.ts';
import { addEventMetrics } from '../http/event-metrics.ts';
import type { Clock } from '../shared/clock.ts';
import type { Database } from '../storage/database.ts';
import { createEmbargoLook } from '../storage/embargo-ends.ts';
import { createEventPurge } from '../storage/event-purge.ts';
import { createDeliveryStore } from '../storage/events.ts';
import type { Purgeable } from '../storage/housekeeping.ts';

export interface EventWorkDeps {
  readonly db: Database;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

export interface EventWork extends RunningEvents {
  /** For the regular cleaning. */
  readonly purge: Purgeable['purge'];
}

export async function startEventWork(config: Config, deps: EventWorkDeps): Promise<EventWork> {
  const { db, clock, log } = deps;
  const store = createDeliveryStore(db);
  const targets = config.webhooks.map((webhook) => createWebhookTarget(webhook, clock));
  const names = targets.map(({ name }) => name);
  const metrics = addEventMetrics(deps.registry, clock, () => store.findBacklog(names));
  const { close } = await startEvents({
    targets,
    store,
    look: createEmbargoLook(db),
    clock,
    random: Math.random,
    giveUpDays: config.webhookGiveUpDays,
    onAttempt: ({ target, event: { id, type }, attempts }, attempt) => {
      metrics.attempt(target, attempt.taken);
      if (!attempt.taken) log.warn({ target, id, type, attempts, error: attempt.error }, 'an event was not taken');
    },
    onError: deps.onError,
  });
  return { close, purge: createEventPurge(db, names, config.eventDays).purge };
}
