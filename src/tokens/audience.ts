/** Audiences of a request and of a token (W-AUD-2, W-AUD-5). */
import { anyAudience } from '../policy/audience.ts';

/** What a token is asked for: the audiences of the request, else the client's default, else none. */
export function effectiveAudiences(asked: readonly string[], defaultAudience: string | null): readonly string[] {
  if (asked.length > 0) return asked;
  return defaultAudience === null ? [] : [defaultAudience];
}

/** The value of `aud`: the requested strings unchanged, a single one as a plain string, the wildcard where none was asked. */
export function audienceClaim(audiences: readonly string[]): string | string[] {
  const [first, ...more] = audiences;
  if (first === undefined) return anyAudience;
  return more.length === 0 ? first : [first, ...more];
}
