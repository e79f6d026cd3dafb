/** What is to be written when keys change, as data: new keys and new times, each with its line in the history (W-KEY-3). */
import { algorithms, byActivation, type SigningKeyRecord, stateAt } from './signing-key.ts';

type Change = Partial<Pick<SigningKeyRecord, 'activatesAt' | 'retiresAt' | 'removedAt' | 'isCompromised' | 'sealed'>>;

interface StepOf<Action extends string> {
  readonly action: Action;
  readonly kid: string;
  /** Null: at once. */
  readonly takesEffectAt: number | null;
}

export type KeyStep =
  | (StepOf<'imported' | 'published'> & { readonly key: SigningKeyRecord })
  | (StepOf<'scheduled' | 'activated' | 'retired' | 'removed' | 'erased' | 'sealed'> & { readonly change: Change });

/** The keys as they are after the steps. */
export function afterSteps(keys: readonly SigningKeyRecord[], steps: readonly KeyStep[]): readonly SigningKeyRecord[] {
  const after = new Map(keys.map((key) => [key.kid, key]));
  for (const step of steps) {
    const key = 'key' in step ? step.key : after.get(step.kid);
    if (key !== undefined) after.set(step.kid, 'change' in step ? { ...key, ...step.change } : key);
  }
  return [...after.values()];
}

/**
 * Adds what follows for the other keys: each signs until the next one of its algorithm does. So a key retires at the instant at
 * which its successor becomes active, and stays when the successor is given up.
 */
export function withSuccession(
  keys: readonly SigningKeyRecord[],
  steps: readonly KeyStep[],
  now: number,
): readonly KeyStep[] {
  const after = afterSteps(keys, steps);
  return [
    ...steps,
    ...algorithms.flatMap((alg) =>
      succession(
        after.filter((key) => key.alg === alg),
        now,
      ),
    ),
  ];
}

function succession(keys: readonly SigningKeyRecord[], now: number): readonly KeyStep[] {
  const signing = keys.filter((key) => key.activatesAt !== null && !hasEnded(key, now)).toSorted(byActivation);
  return signing.flatMap(({ kid, retiresAt }, index) => {
    const next = signing[index + 1]?.activatesAt ?? null;
    if (retiresAt === next) return [];
    return [{ action: next === null ? 'activated' : 'retired', kid, takesEffectAt: next, change: { retiresAt: next } }];
  });
}

/** One that is to be removed leads nowhere either: its successor was chosen with it. */
function hasEnded(key: SigningKeyRecord, now: number): boolean {
  return key.removedAt !== null || stateAt(key, now) === 'retired';
}
