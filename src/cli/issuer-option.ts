/** The issuer that a client command talks about: the one given, else the configured one. */
import { AppError } from '../shared/errors.ts';
import type { CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

/** The issuer URL; throws `AppError` `usage` or `config_invalid`. */
export function findIssuer(option: string | undefined, env: CommandIo['env']): string {
  if (option === undefined) return requireConfig(env).issuer;
  if (!URL.canParse(option) || !/^https?:$/.test(new URL(option).protocol)) {
    throw new AppError('usage', `issuer \`${option}\` is not a URL, expected \`https://host/\``);
  }
  return option;
}
