/** The operations on signing keys, each in one transaction with its line in the history (issue: keys; W-KEY-3). */
import type { SigningAlgorithm } from '../issuance/sign.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { KeyProvider } from './key-provider.ts';
import {
  findSuccessor,
  instant,
  isNeeded,
  type Planned,
  planActivation,
  planEmergency,
  planPublish,
  planRemoval,
  planRetirement,
  planRotation,
  refuseSecondRotation,
} from './life.ts';
import type { KeySealer } from './seal.ts';
import { type SigningKeyRecord, signingKeyAt, stateAt } from './signing-key.ts';
import type { KeyStep } from './steps.ts';
import type { KeySession, KeySignature, KeyStore } from './store.ts';

/** The steps that were done, or in words why nothing was. */
export type KeyOutcome = Result<readonly KeyStep[], string>;

export interface KeyAdministration {
  /** A new key for each algorithm that is published and does not sign. */
  publish(algs: readonly SigningAlgorithm[], by: KeySignature): Promise<KeyOutcome>;
  /** A new key for each algorithm that takes over after the lead. */
  rotate(algs: readonly SigningAlgorithm[], by: KeySignature): Promise<KeyOutcome>;
  /** Refuses before the lead is over unless `atOnce`. */
  activate(kid: string, by: KeySignature, atOnce: boolean): Promise<KeyOutcome>;
  retire(kid: string, by: KeySignature): Promise<KeyOutcome>;
  /** Refuses while tokens of the key may live. */
  remove(kid: string, by: KeySignature): Promise<KeyOutcome>;
  /** Takes a stolen key away at once; when it signs, another one takes over at the same instant. */
  removeStolen(kid: string, by: KeySignature): Promise<KeyOutcome>;
  /** Encrypts every private key with the newest secret. */
  seal(by: KeySignature): Promise<KeyOutcome>;
}

export interface KeyAdministrationDeps {
  readonly store: KeyStore;
  readonly provider: KeyProvider;
  readonly sealer: KeySealer;
  readonly clock: Clock;
  /** How long a key is published before it signs. */
  readonly leadMs: number;
}

export function createKeyAdministration(deps: KeyAdministrationDeps): KeyAdministration {
  const { store, provider, clock, leadMs } = deps;
  type Plan = (session: KeySession, now: number) => Promise<Planned>;
  const perform = (by: KeySignature, plan: Plan): Promise<KeyOutcome> =>
    store.change(async (session) => {
      const now = clock.now();
      const planned = await plan(session, now);
      if (planned.ok) await session.write(planned.value, by, now);
      return planned;
    });

  /** A key that the servers cannot open would stop them at its turn: who makes one must be able to open what is there. */
  const make = async ({ keys }: KeySession, alg: SigningAlgorithm, now: number) => {
    const signing = signingKeyAt(keys, alg, now);
    if (signing !== undefined) await provider.open(signing);
    return provider.make(alg, now);
  };

  return {
    publish: (algs, by) =>
      perform(by, async (session, now) => {
        const made = await Promise.all(algs.map((alg) => make(session, alg, now)));
        return ok(made.flatMap(planPublish));
      }),
    rotate: (algs, by) =>
      perform(by, async (session, now) => {
        const refused = algs.map((alg) => refuseSecondRotation(session.keys, alg, now)).find(Boolean);
        if (refused !== undefined) return err(refused);
        const made = await Promise.all(algs.map((alg) => make(session, alg, now)));
        return ok(made.flatMap((key) => planRotation(session.keys, key, now + leadMs, now)));
      }),
    activate: (kid, by, atOnce) =>
      perform(by, async ({ keys }, now) => planActivation(keys, kid, now, atOnce ? null : leadMs)),
    retire: (kid, by) => perform(by, async ({ keys }, now) => planRetirement(keys, kid, now)),
    remove: (kid, by) =>
      perform(by, async (session, now) => {
        const retiresAt = session.keys.find((key) => key.kid === kid)?.retiresAt ?? null;
        const lastExpiry = retiresAt === null ? null : await session.lastExpiry(retiresAt);
        return planRemoval(session.keys, kid, now, lastExpiry);
      }),
    removeStolen: (kid, by) =>
      perform(by, async ({ keys }, now) =>
        planEmergency(keys, kid, isNeeded(keys, kid, now) ? await successorOf(keys, kid, now) : undefined, now),
      ),
    seal: (by) =>
      perform(by, async ({ keys }, now) => {
        const held = keys.filter((key) => key.sealed !== null && stateAt(key, now) !== 'removed');
        return ok((await Promise.all(held.map((key) => resealed(key, deps)))).flat());
      }),
  };

  /** Without `make`'s check: the secret may be what was lost. */
  async function successorOf(keys: readonly SigningKeyRecord[], kid: string, now: number) {
    const known = findSuccessor(keys, kid, now);
    if (known !== undefined && (await opens(known))) return { key: known, isNew: false };
    const alg = keys.find((key) => key.kid === kid)?.alg ?? 'RS256';
    return { key: await provider.make(alg, now), isNew: true };
  }

  function opens(key: SigningKeyRecord): Promise<boolean> {
    return provider.open(key).then(
      () => true,
      () => false,
    );
  }
}

async function resealed(
  { kid, sealed }: SigningKeyRecord,
  { sealer }: Pick<KeyAdministrationDeps, 'sealer'>,
): Promise<readonly KeyStep[]> {
  if (sealed === null || (await sealer.isNewest(kid, sealed))) return [];
  const anew = await sealer.seal(kid, await sealer.unseal(kid, sealed));
  return [{ action: 'sealed', kid, takesEffectAt: null, change: { sealed: anew } }];
}

/** One line per step for people. */
export function describeStep({ action, kid, takesEffectAt }: KeyStep): string {
  return `${kid}  ${action}${takesEffectAt === null ? '' : ` from ${instant(takesEffectAt)} on`}`;
}
