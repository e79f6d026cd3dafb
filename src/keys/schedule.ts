/** What the clock asks for: a successor in time, the end of retired keys, and nothing secret kept that no longer signs (W-KEY-3). */
import type { Clock } from '../shared/clock.ts';
import type { KeyProvider } from './key-provider.ts';
import { planRemoval, planRotation, removableFrom } from './life.ts';
import { algorithms, type SigningKeyRecord, scheduledKeys, signingKeyAt, stateAt } from './signing-key.ts';
import type { KeyStep } from './steps.ts';
import type { KeySession, KeySignature, KeyStore } from './store.ts';

/** A process whose clock is a little behind still signs with a key that has just retired. */
const eraseAfterMs = 3_600_000;

const bySchedule: KeySignature = { actor: 'schedule', reason: null };

export interface RotationSettings {
  /** How long a key signs; null: until an operator rotates. */
  readonly everyMs: number | null;
  /** How long a key is published before it signs. */
  readonly leadMs: number;
}

/** One round; of several processes one after the other, each by what is there then. Answers what was done. */
export async function runKeySchedule(
  deps: { readonly store: KeyStore; readonly provider: KeyProvider; readonly clock: Clock },
  settings: RotationSettings,
): Promise<readonly KeyStep[]> {
  const { store, clock } = deps;
  // Without the lock first: nearly always nothing is due.
  if (!isAnythingDue((await store.read()).keys, settings, clock.now())) return [];
  return store.change(async (session) => {
    const now = clock.now();
    const steps = [
      ...(await rotations(session.keys, deps.provider, settings, now)),
      ...erasures(session.keys, now),
      ...(await removals(session, now)),
    ];
    await session.write(steps, bySchedule, now);
    return steps;
  });
}

function isAnythingDue(keys: readonly SigningKeyRecord[], settings: RotationSettings, now: number): boolean {
  return (
    algorithms.some((alg) => rotationTime(keys, alg, settings, now) !== undefined) ||
    erasures(keys, now).length > 0 ||
    keys.some((key) => isRemovable(key, now))
  );
}

/** When the successor of the key that signs is to take over, once it is time to publish it. */
function rotationTime(
  keys: readonly SigningKeyRecord[],
  alg: SigningKeyRecord['alg'],
  { everyMs, leadMs }: RotationSettings,
  now: number,
): number | undefined {
  const signing = signingKeyAt(keys, alg, now);
  if (everyMs === null || signing?.activatesAt == null || scheduledKeys(keys, alg, now).length > 0) return undefined;
  const due = signing.activatesAt + everyMs;
  return now >= due - leadMs ? Math.max(due, now + leadMs) : undefined;
}

async function rotations(
  keys: readonly SigningKeyRecord[],
  provider: KeyProvider,
  settings: RotationSettings,
  now: number,
): Promise<readonly KeyStep[]> {
  const steps = algorithms.map(async (alg) => {
    const at = rotationTime(keys, alg, settings, now);
    return at === undefined ? [] : planRotation(keys, await provider.make(alg, now), at, now);
  });
  return (await Promise.all(steps)).flat();
}

function erasures(keys: readonly SigningKeyRecord[], now: number): readonly KeyStep[] {
  return keys
    .filter(({ sealed, retiresAt, removedAt }) => {
      const ended = Math.min(retiresAt ?? Number.POSITIVE_INFINITY, removedAt ?? Number.POSITIVE_INFINITY);
      return sealed !== null && ended + eraseAfterMs <= now;
    })
    .map(({ kid }) => ({ action: 'erased', kid, takesEffectAt: null, change: { sealed: null } }));
}

function isRemovable(key: SigningKeyRecord, now: number): boolean {
  return stateAt(key, now) === 'retired' && removableFrom(key, null) <= now;
}

async function removals(session: KeySession, now: number): Promise<readonly KeyStep[]> {
  const due = session.keys.filter((key) => isRemovable(key, now));
  const steps: KeyStep[] = [];
  for (const key of due) {
    // Longer-lived tokens than usual are in the issue log.
    const planned = planRemoval(session.keys, key.kid, now, await session.lastExpiry(key.retiresAt ?? now));
    if (planned.ok) steps.push(...planned.value);
  }
  return steps;
}
