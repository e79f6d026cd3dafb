/** The keys for one command, beside running servers or without one. */
import { resealOneTimeCodes } from '../authentication/reseal.ts';
import { createKeyAdministration, type KeyAdministration } from '../keys/administration.ts';
import { loadKeyModule } from '../keys/key-module.ts';
import { createKeyProvider } from '../keys/key-provider.ts';
import { createKeySealer, createSecretSealer } from '../keys/seal.ts';
import type { KeyStore } from '../keys/store.ts';
import { withDevelopmentSecrets } from '../main/development-secrets.ts';
import { systemClock } from '../shared/clock.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import { createFactorStore } from '../storage/second-factors.ts';
import { createKeyStore } from '../storage/signing-keys.ts';
import { countOtherWaysIn } from '../storage/ways-in.ts';
import type { CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

const day = 86_400_000;

export interface KeyCommandDeps {
  readonly administration: KeyAdministration;
  readonly store: KeyStore;
  /** The secrets of one-time codes, which are under the same one. */
  readonly resealCodes: () => ReturnType<typeof resealOneTimeCodes>;
}

export async function withKeys<T>(io: CommandIo, work: (deps: KeyCommandDeps) => Promise<T>): Promise<T> {
  const config = await withDevelopmentSecrets(requireConfig(io.env));
  const module = config.keysModule === null ? null : await loadKeyModule(config.keysModule);
  const sealer = createKeySealer(config.keysSecrets);
  const database = await openDatabaseForCommand(config, (line) => io.stderr(`${line}\n`));
  try {
    const store = createKeyStore(database.db);
    const provider = createKeyProvider({ sealer, module });
    const leadMs = config.keysLeadDays * day;
    return await work({
      store,
      administration: createKeyAdministration({ store, provider, sealer, clock: systemClock, leadMs }),
      resealCodes: () =>
        resealOneTimeCodes(createFactorStore(database.db, countOtherWaysIn), createSecretSealer(config.keysSecrets)),
    });
  } finally {
    await database.close();
  }
}
