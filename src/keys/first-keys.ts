/** The keys of a database that has none: those of the key files, so that an installation keeps its `kid`, else new ones. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { ensureDevelopmentKeys } from './generate.ts';
import type { KeyFile } from './key-file.ts';
import { readKeyFiles } from './key-files.ts';
import type { KeyProvider } from './key-provider.ts';
import type { KeySealer } from './seal.ts';
import { algorithms, type SigningKeyRecord } from './signing-key.ts';
import type { KeyStep } from './steps.ts';
import type { KeySession, KeyStore } from './store.ts';

export interface FirstKeysDeps {
  readonly store: KeyStore;
  readonly provider: KeyProvider;
  readonly sealer: KeySealer;
  readonly clock: Clock;
  readonly directory: string;
  readonly production: boolean;
}

/** Answers what was done; nothing when there are keys. Throws `keys_invalid`, `unsafe_in_production`. */
export async function ensureFirstKeys(deps: FirstKeysDeps): Promise<readonly KeyStep[]> {
  if ((await deps.store.read()).keys.length > 0) return [];
  return deps.store.change(async (session) => (session.keys.length > 0 ? [] : fill(session, deps)));
}

async function fill(session: KeySession, deps: FirstKeysDeps): Promise<readonly KeyStep[]> {
  const now = deps.clock.now();
  if (!deps.production) await ensureDevelopmentKeys(deps.directory, deps.clock);
  const files = await readKeyFiles(deps.directory);
  if (deps.production) refuseDevelopment(deps.directory, files);
  const imported = await Promise.all(files.map((file) => fromFile(file, files, deps.sealer, now)));
  const missing = algorithms.filter((alg) => !files.some((file) => file.alg === alg));
  const made = await Promise.all(missing.map((alg) => deps.provider.make(alg, now)));
  const steps: KeyStep[] = [
    ...imported.map((key) => ({ action: 'imported', kid: key.kid, takesEffectAt: null, key }) as const),
    ...made.map(
      (key) => ({ action: 'published', kid: key.kid, takesEffectAt: null, key: { ...key, activatesAt: now } }) as const,
    ),
  ];
  const reason = imported.length > 0 ? `the key files of ${deps.directory}` : 'the first start';
  await session.write(steps, { actor: 'schedule', reason }, now);
  return steps;
}

function refuseDevelopment(directory: string, files: readonly KeyFile[]): void {
  if (!files.some(({ isDevelopment }) => isDevelopment)) return;
  throw new AppError(
    'unsafe_in_production',
    `\`${directory}\` holds development keys, expected keys of your own (\`npx sluice keys generate\`) or none in production`,
  );
}

/** The newest of each kind signs, as it did; the others are published. */
async function fromFile(
  file: KeyFile,
  files: readonly KeyFile[],
  sealer: KeySealer,
  now: number,
): Promise<SigningKeyRecord> {
  const { kid, alg, publicJwk, privateKey, isDevelopment } = file;
  const createdAt = Math.min(file.createdAt * 1000, now);
  const signs = files.find((other) => other.alg === alg) === file;
  return {
    kid,
    alg,
    publicJwk,
    sealed: await sealer.seal(kid, privateKey),
    reference: null,
    isDevelopment,
    createdAt,
    publishedAt: createdAt,
    activatesAt: signs ? createdAt : null,
    retiresAt: null,
    removedAt: null,
    isCompromised: false,
  };
}
