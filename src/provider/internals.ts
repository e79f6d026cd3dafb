/** The only file that imports the protocol library's internals, for steps that it does not offer as configuration. */
import type { Context, Middleware, Next } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
// @ts-expect-error internal module without types
import als from 'oidc-provider/lib/helpers/als.js';
// @ts-expect-error internal module without types
import validateDpop, { checkDpopReplay } from 'oidc-provider/lib/helpers/validate_dpop.js';
// @ts-expect-error internal module without types
import instance from 'oidc-provider/lib/helpers/weak_cache.js';
// @ts-expect-error internal module without types
import assembleParams from 'oidc-provider/lib/shared/assemble_params.js';
// @ts-expect-error internal module without types
import clientAuthentication, { getClientAuthParams } from 'oidc-provider/lib/shared/client_auth.js';
// @ts-expect-error internal module without types
import errorHandler from 'oidc-provider/lib/shared/error_handler.js';
// @ts-expect-error internal module without types
import noCache from 'oidc-provider/lib/shared/no_cache.js';
// @ts-expect-error internal module without types
import rejectDuplicates from 'oidc-provider/lib/shared/reject_dupes.js';
// @ts-expect-error internal module without types
import { urlencoded } from 'oidc-provider/lib/shared/selective_body.js';

/** The thumbprint of the key of a DPoP proof, which was not used before; undefined without one (RFC 9449). */
export async function readDpopProof(
  provider: Provider,
  ctx: KoaContextWithOIDC,
): Promise<{ readonly thumbprint: string } | undefined> {
  const proof = await validateDpop(provider, ctx);
  if (proof !== undefined) await checkDpopReplay(provider, ctx, proof, ctx.oidc.client?.clientId, errors.InvalidGrant);
  return proof;
}

/** The library's own client authentication in front of our handler: introspection and revocation take JWTs, which the library's do not. */
export function clientAuthenticatedEndpoint(
  provider: Provider,
  routeName: string,
  parameters: readonly string[],
  handler: Middleware,
): Middleware {
  const steps: Middleware[] = [
    errorHandler(`${routeName}.error`),
    noCache,
    urlencoded,
    (ctx: Context, next: Next) => assembleParams(new Set([...parameters, ...getClientAuthParams(ctx)]), ctx, next),
    ...clientAuthentication,
    rejectDuplicates.bind(undefined, {}),
    handler,
  ];
  return (ctx) => {
    Object.assign(ctx, { _matchedRouteName: routeName });
    Object.defineProperty(ctx, 'oidc', { value: new provider.OIDCContext(ctx) });
    return als.run(ctx, () => run(steps, ctx, 0));
  };
}

async function run(steps: readonly Middleware[], ctx: Parameters<Middleware>[0], index: number): Promise<void> {
  await steps[index]?.(ctx, () => run(steps, ctx, index + 1));
}

/** What the library asks of its key store. */
export interface LibraryKeys {
  selectForSign(options: { readonly alg: string }): readonly object[];
  selectForVerify(options: { readonly alg: string; readonly kid?: string }): readonly object[];
  selectForDecrypt(options: object): readonly object[];
  getKeyObject(key: object): object;
}

/** The library's keys are fixed at construction; every use goes through this one object. */
export function replaceKeys(provider: Provider, keys: LibraryKeys): void {
  instance(provider).keystore = keys;
}
