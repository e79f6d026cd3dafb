/** Registered services beside a load of others: five exchanges and five refreshes in flight, and 200 client_credentials a second that wait for nobody. */
import { exchange } from './exchange.ts';
import { createAgent } from './load.ts';
import type { Place } from './place.ts';
import { installSluice, sluiceSubject } from './sluice.ts';
import { percentile } from './statistics.ts';
import { storageScopes } from './subject.ts';
import { runTransfers, type TransferResult } from './transfers.ts';
import { clientCredentialsFor } from './workloads.ts';

export const beside = { perSecond: 200, inFlight: 5, mostMilliseconds: 50 };

export interface BesideResults {
  readonly exchange: TransferResult;
  readonly refresh: TransferResult;
  readonly clientCredentials: { readonly answers: number; readonly failed: number; readonly p99Milliseconds: number };
}

export async function measureBeside(
  seconds: number,
  place: Place,
  progress: (line: string) => void,
): Promise<BesideResults> {
  progress('services beside each other');
  const installed = await installSluice(place, { name: 'beside' });
  const server = await installed.start();
  const subject = sluiceSubject(installed.issuer, installed.dataDir, server);
  const request = clientCredentialsFor(subject, storageScopes);
  const measure = async (forSeconds: number): Promise<BesideResults> => {
    const plan = { issuer: installed.issuer, connections: beside.inFlight, seconds: forSeconds };
    const [exchanges, refreshes, clientCredentials] = await Promise.all([
      runTransfers({ ...plan, once: 'S', repeated: 'X', firstFile: 0 }),
      runTransfers({ ...plan, once: 'SX', repeated: 'R', firstFile: 1000 }),
      atRate(() => request, forSeconds),
    ]);
    return { exchange: exchanges, refresh: refreshes, clientCredentials };
  };
  // The compiled code of the server comes to rest before it counts.
  await measure(Math.min(seconds, 5));
  return measure(seconds);
}

/** Asks by the clock, however long the answers take; the latency counts from when the request was due. */
async function atRate(request: () => Parameters<typeof exchange>[1], seconds: number) {
  const agent = createAgent(64);
  const latencies: number[] = [];
  let failed = 0;
  const begun = performance.now();
  const ask = async (due: number) => {
    const { status } = await exchange(agent, request());
    latencies.push(performance.now() - due);
    if (status !== 200) failed += 1;
  };
  const asked: Promise<void>[] = [];
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const now = performance.now();
      const due = Math.min(Math.floor(((now - begun) / 1000) * beside.perSecond), seconds * beside.perSecond);
      while (asked.length < due) asked.push(ask(begun + ((asked.length + 1) / beside.perSecond) * 1000));
      if (due < seconds * beside.perSecond) return;
      clearInterval(timer);
      resolve();
    }, 1);
  });
  await Promise.all(asked);
  agent.destroy();
  return { answers: latencies.length, failed, p99Milliseconds: percentile(latencies, 0.99) };
}
