/** `expires_in` as a parameter of token requests: a client may ask for a shorter life than its own, as INDIGO and Rucio do (wlcg-tokens 6). */
import { err, ok, type Result } from '../shared/result.ts';

/** In seconds; undefined when not asked. `values` are those of the parameter; an error names what was wrong with them. Longer than the client's lifetime is that lifetime. */
export function askedLifetime(
  values: readonly string[],
  { minLifetimeSeconds }: { readonly minLifetimeSeconds: number },
): Result<number | undefined, string> {
  const [text, ...more] = values;
  if (text === undefined) return ok(undefined);
  if (more.length > 0) return err('expires_in is repeated');
  if (!/^\d{1,10}$/.test(text)) return err('expires_in is not a whole number of seconds');
  const seconds = Number(text);
  if (seconds < minLifetimeSeconds) {
    return err(`expires_in is below ${minLifetimeSeconds} seconds, the shortest life of a token`);
  }
  return ok(seconds);
}
