/** Metrics of the rules in memory: their version, how fresh they are, and the clock they are judged by (policy-semantics 7 "Clocks"). */
import { Gauge, type Registry } from 'prom-client';

/** What the rules in memory are known to be (src/lake/confirmation.ts). */
export interface PolicyState {
  current(): { readonly version: number };
  /** Milliseconds since they were last confirmed to be the database's. */
  age(): number;
  /** Milliseconds by which this machine's clock is ahead of the database's. */
  clockOffset(): number;
}

export function addPolicyMetrics(registry: Registry, state: PolicyState): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  gauge('sluice_policy_version', 'Version of the rules that decide', () => state.current().version);
  gauge(
    'sluice_policy_confirmation_age_seconds',
    'Time since the rules were last confirmed with the database; over 1 a request asks first',
    () => state.age() / 1000,
  );
  gauge(
    'sluice_clock_offset_seconds',
    'By how much the clock is ahead of that of the database; beyond 30 either way no storage scope is issued',
    () => state.clockOffset() / 1000,
  );
}
