/** The configuration of a command, or one fault that lists everything that is wrong with it. */
import { type Environment, loadConfig } from '../config/env.ts';
import type { Config } from '../config/schema.ts';
import { AppError } from '../shared/errors.ts';

/** Throws `config_invalid` with one line per fault. */
export function requireConfig(env: Environment): Config {
  const loaded = loadConfig(env);
  if (!loaded.ok) {
    const [first = '', ...more] = loaded.error;
    const text =
      more.length === 0
        ? first
        : `${loaded.error.length} faults\n${loaded.error.map((fault) => `  ${fault}`).join('\n')}`;
    throw new AppError('config_invalid', `the configuration is not valid: ${text}`);
  }
  return loaded.value;
}
