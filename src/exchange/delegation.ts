/** Who acts for whom: the claims `act` and `may_act` of exchanged tokens (RFC 8693 sections 4.1 and 4.4; W-TX-2). */
import { err, ok, type Result } from '../shared/result.ts';
import type { ActClaim, MayActClaim } from '../tokens/claims.ts';

/** Most actors that a token names, one in another: nobody passes a token on for ever. */
export const maxActors = 8;

/** The actor of the new token around those of the subject token, none of which can be dropped. The same one twice in a row is one. */
export function delegate(before: ActClaim | null, actor: string): Result<ActClaim, string> {
  if (before?.sub === actor) return ok(before);
  if (actorsOf(before) >= maxActors) return err(`subject token was passed on ${maxActors} times, expected fewer`);
  return ok({ sub: actor, ...(before && { act: before }) });
}

/** Whether the subject token lets this client, or who acts through it, exchange it. */
export function mayAct(allowed: MayActClaim | null, actors: readonly string[]): boolean {
  return allowed === null || actors.includes(allowed.sub);
}

function actorsOf(act: ActClaim | null): number {
  return act === null ? 0 : 1 + actorsOf(act.act ?? null);
}
