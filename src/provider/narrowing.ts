/** Audiences that a token request with a code asks for: no more than what the code was made for (W-GRANT-1, W-AUD-6). */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import { mayTarget } from '../clients/request-rules.ts';
import { anyAudience } from '../policy/audience.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import { printable } from './refusal.ts';

export function rememberNarrowing(ctx: Pick<Context, 'state'>, audiences: readonly string[]): void {
  ctx.state.narrowing = audiences;
}

/** What the token is for; throws `invalid_target` for an audience beyond the code's. A code for every storage may be narrowed to any that the client may ask for. */
export function narrowedAudiences(
  ctx: Pick<Context, 'state'>,
  granted: readonly string[],
  client: RegisteredClient,
  policy: CompiledPolicy,
): readonly string[] {
  const asked = (ctx.state.narrowing as readonly string[] | undefined) ?? granted;
  const everywhere = granted.length === 0 || granted.includes(anyAudience);
  const beyond = asked.find(
    (audience) => !granted.includes(audience) && !(everywhere && mayTarget(client, audience, policy)),
  );
  if (beyond === undefined) return asked;
  throw new errors.InvalidTarget(printable(`audience ${beyond} is not one that the user was asked for`));
}
