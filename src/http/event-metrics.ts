/** Prometheus metrics of the delivery of events; labels carry the names of targets, never an address. */
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Backlog } from '../events/store.ts';
import type { Clock } from '../shared/clock.ts';

export interface EventMetrics {
  attempt(target: string, taken: boolean): void;
}

/** The gauges ask the database at each scrape and tell of all processes together. */
export function addEventMetrics(
  registry: Registry,
  clock: Clock,
  findBacklog: () => Promise<readonly Backlog[]>,
): EventMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: 'sluice_event_attempts_total',
    help: 'Attempts to deliver an event, by target and whether it was taken',
    labelNames: ['target', 'outcome'],
    registers,
  });
  // Without the database the other metrics are still worth having.
  const backlog = () => findBacklog().catch(() => []);
  new Gauge({
    name: 'sluice_events_waiting',
    help: 'Events that the target has not taken',
    labelNames: ['target'],
    registers,
    async collect() {
      for (const { target, waiting } of await backlog()) this.set({ target }, waiting);
    },
  });
  new Gauge({
    name: 'sluice_events_oldest_waiting_seconds',
    help: 'Age of the oldest event that the target has not taken; 0 when it has all',
    labelNames: ['target'],
    registers,
    async collect() {
      for (const { target, oldest } of await backlog()) {
        this.set({ target }, oldest === null ? 0 : Math.max(0, (clock.now() - oldest) / 1000));
      }
    },
  });
  return { attempt: (target, taken) => attempts.inc({ target, outcome: taken ? 'taken' : 'failed' }) };
}
