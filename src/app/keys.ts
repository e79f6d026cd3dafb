/** Puts together what one process does about signing keys: the first ones, following the database, the schedule. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { createKeyAdministration, type KeyAdministration } from '../keys/administration.ts';
import { ensureFirstKeys } from '../keys/first-keys.ts';
import { loadKeyModule } from '../keys/key-module.ts';
import { createKeyProvider } from '../keys/key-provider.ts';
import { createKeyRing, type KeySource } from '../keys/key-ring.ts';
import { spreadMs } from '../keys/life.ts';
import { runKeySchedule } from '../keys/schedule.ts';
import { createKeySealer } from '../keys/seal.ts';
import { algorithms, type SigningKeyRecord, signingKeyAt } from '../keys/signing-key.ts';
import type { KeyStep } from '../keys/steps.ts';
import type { KeyStore } from '../keys/store.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Database } from '../storage/database.ts';
import { createKeyStore } from '../storage/signing-keys.ts';

const hour = 3_600_000;
const day = 24 * hour;

export interface KeyWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

export interface KeyWork extends KeySource {
  records(): readonly SigningKeyRecord[];
  /** Brings this process to the database's version; does nothing when it is there already. */
  follow(version: number): Promise<void>;
  readonly store: KeyStore;
  readonly administration: KeyAdministration;
  /** Brings this process to what the database has. */
  readAnew(): Promise<void>;
  /** What is due now; also runs at the start and every hour. */
  runSchedule(): Promise<void>;
  close(): Promise<void>;
}

/** Resolves when this process can sign. Throws `keys_missing`, `keys_invalid` and `unsafe_in_production`. */
export async function startKeyWork(config: Config, { db, clock, log, onError }: KeyWorkDeps): Promise<KeyWork> {
  const store = createKeyStore(db);
  const sealer = createKeySealer(config.keysSecrets);
  const module = config.keysModule === null ? null : await loadKeyModule(config.keysModule);
  const provider = createKeyProvider({ sealer, module });
  const tell = (steps: readonly KeyStep[]) => {
    for (const { kid, action, takesEffectAt } of steps) {
      log.info({ kid, action, ...(takesEffectAt && { from: new Date(takesEffectAt) }) }, 'a signing key');
    }
  };
  const { keysDir: directory, production } = config;
  tell(await ensureFirstKeys({ store, provider, sealer, clock, directory, production }));

  const ring = createKeyRing({ clock, provider, onFault: onError });
  await ring.replace(await store.read());
  await ring.requireUsable();
  if (production) await refuseDevelopment(ring.records(), clock);

  const settings = {
    everyMs: config.keysRotateDays === 0 ? null : config.keysRotateDays * day,
    leadMs: config.keysLeadDays * day,
  };
  // One after the other, so that an older reading never takes the place of a newer one.
  let reading = Promise.resolve();
  const read = () => {
    reading = reading.catch(() => {}).then(async () => ring.replace(await store.read()));
    return reading;
  };
  const round = async () => {
    tell(await runKeySchedule({ store, provider, clock }, settings));
    // Also tries again to open what could not be opened.
    await read();
  };
  let running = Promise.resolve();
  const runSchedule = () => {
    running = running.then(round).catch(onError);
    return running;
  };
  void runSchedule();
  const timer = setInterval(() => void runSchedule(), hour);
  timer.unref();
  return {
    current: ring.current,
    records: ring.records,
    store,
    administration: createKeyAdministration({ store, provider, sealer, clock, leadMs: settings.leadMs }),
    readAnew: read,
    follow: async (version) => {
      if (version !== ring.version()) await read();
    },
    runSchedule,
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}

/** Those that an operator has just replaced sign for a moment yet: a start waits until they no longer do. */
async function refuseDevelopment(keys: readonly SigningKeyRecord[], clock: Clock): Promise<void> {
  const findAt = (now: number) =>
    algorithms.map((alg) => signingKeyAt(keys, alg, now)).find((key) => key?.isDevelopment);
  if (findAt(clock.now()) && !findAt(clock.now() + spreadMs)) await delay(spreadMs);
  const found = findAt(clock.now());
  if (found === undefined) return;
  throw new AppError(
    'unsafe_in_production',
    `development key \`${found.kid}\` signs, expected one of your own in production (\`npx sluice keys remove ${found.kid} --emergency --reason …\` puts one in its place)`,
  );
}
