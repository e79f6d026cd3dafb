/** Metrics of the signing keys: how long they sign, and when the next ones take over (W-KEY-3). */
import { Gauge, type Registry } from 'prom-client';
import { algorithms, type SigningKeyRecord, scheduledKeys, signingKeyAt } from '../keys/signing-key.ts';
import type { Clock } from '../shared/clock.ts';

export function addKeyMetrics(registry: Registry, clock: Clock, records: () => readonly SigningKeyRecord[]): void {
  const gauge = (name: string, help: string, read: (alg: SigningKeyRecord['alg'], now: number) => number | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['alg'],
      registers: [registry],
      collect() {
        const now = clock.now();
        this.reset();
        for (const alg of algorithms) {
          const milliseconds = read(alg, now);
          if (milliseconds !== undefined) this.set({ alg }, milliseconds / 1000);
        }
      },
    });
  gauge('sluice_signing_key_age_seconds', 'For how long the key that signs does so', (alg, now) => {
    const since = signingKeyAt(records(), alg, now)?.activatesAt;
    return since == null ? undefined : now - since;
  });
  gauge(
    'sluice_signing_key_next_seconds',
    'Time until the next key takes over; absent: none is published for it',
    (alg, now) => {
      const at = scheduledKeys(records(), alg, now)[0]?.activatesAt;
      return at == null ? undefined : at - now;
    },
  );
}
