/** Audiences that a token request with a code asks for: no more than what the code was made for (W-GRANT-1, W-AUD-6). */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import { mayTarget } from '../clients/request-rules.ts';
import type { TokenRequest } from '../issuance/policy-request.ts';
import { anyAudience } from '../policy/audience.ts';
import { ceilingInPathsOf } from '../policy/ceiling.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import { printable } from './refusal.ts';

export function rememberNarrowing(ctx: Pick<Context, 'state'>, audiences: readonly string[]): void {
  ctx.state.narrowing = audiences;
}

/** What the user allowed, and under which audiences. */
interface Consented {
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
  readonly unticked: readonly string[];
}

/** The question that the token request is. For other audiences than the code's, what was allowed is written in their paths and is the ceiling (policy-semantics 6). */
export function narrowed(
  ctx: Pick<Context, 'state'>,
  consented: Consented,
  client: RegisteredClient,
  policy: CompiledPolicy,
): Consented & Pick<TokenRequest, 'ceiling'> {
  const audiences = ctx.state.narrowing as readonly string[] | undefined;
  if (audiences === undefined) return consented;
  refuseBeyond(audiences, consented.audiences, client, policy);
  const ceiling = { flow: 'refresh' as const, scopes: consented.scopes, audiences: consented.audiences };
  return { audiences, scopes: ceilingInPathsOf(policy, ceiling, audiences), unticked: [], ceiling };
}

/** Throws `invalid_target` for an audience beyond the code's. A code for every storage may be narrowed to any that the client may ask for. */
function refuseBeyond(
  asked: readonly string[],
  granted: readonly string[],
  client: RegisteredClient,
  policy: CompiledPolicy,
): void {
  const everywhere = granted.length === 0 || granted.includes(anyAudience);
  const beyond = asked.find(
    (audience) => !granted.includes(audience) && !(everywhere && mayTarget(client, audience, policy)),
  );
  if (beyond === undefined) return;
  throw new errors.InvalidTarget(printable(`audience ${beyond} is not one that the user was asked for`));
}
