/** Secrets of a trial, made once beside its keys; production brings its own. */
import type { Config } from '../config/schema.ts';
import { type DevelopmentSecret, developmentSecret } from '../keys/generate.ts';

/** The configuration with every secret: browser sessions and signing keys of development survive a restart. */
export async function withDevelopmentSecrets(config: Config): Promise<Config> {
  const given = async (secrets: readonly string[], name: DevelopmentSecret) =>
    secrets.length > 0 ? secrets : [await developmentSecret(config.keysDir, name)];
  return {
    ...config,
    cookieSecrets: await given(config.cookieSecrets, 'development-cookie-secret'),
    keysSecrets: await given(config.keysSecrets, 'development-keys-secret'),
  };
}
