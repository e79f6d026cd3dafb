/** Tokens bound to a key of the client's, by a DPoP proof (RFC 9449) or its certificate (RFC 8705), in the grants that are ours. */
import { hash } from 'node:crypto';
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import { readDpopProof } from './internals.ts';
import { certificateOf } from './mutual-tls.ts';

/** The claim `cnf` (RFC 7800). */
export type Confirmation = Readonly<Record<string, string>>;

export interface Binding {
  /** Null: a bearer token. */
  readonly confirmation: Confirmation | null;
  readonly tokenType: 'Bearer' | 'DPoP';
}

/** What the request proves. Throws `invalid_dpop_proof` for a wrong proof, `invalid_grant` for one that was used before, and where the client has to prove something and does not. */
export async function readBinding(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  client: Pick<RegisteredClient, 'dpopBoundAccessTokens' | 'tlsClientCertificateBoundAccessTokens'>,
): Promise<Binding> {
  const proof = await readDpopProof(provider, ctx);
  if (proof !== undefined) return { confirmation: { jkt: proof.thumbprint }, tokenType: 'DPoP' };
  if (client.dpopBoundAccessTokens) throw new errors.InvalidGrant('DPoP proof JWT not provided');
  if (!client.tlsClientCertificateBoundAccessTokens) return { confirmation: null, tokenType: 'Bearer' };
  const certificate = certificateOf(ctx);
  if (certificate === undefined) throw new errors.InvalidGrant('mutual TLS client certificate not provided');
  return { confirmation: { 'x5t#S256': thumbprint(certificate.raw) }, tokenType: 'Bearer' };
}

/** A refresh token of a client that proves nothing else is bound to its key (RFC 9449 section 5, RFC 8705 section 4). */
export function chainConfirmation(
  client: Pick<RegisteredClient, 'tokenEndpointAuthMethod'>,
  { confirmation }: Pick<Binding, 'confirmation'>,
): Confirmation | null {
  return client.tokenEndpointAuthMethod === 'none' ? confirmation : null;
}

/** Throws `invalid_grant` unless the request proves the key that the refresh token is bound to. */
export function assertSameKey(bound: Confirmation | null | undefined, { confirmation }: Binding): void {
  const differs = Object.entries(bound ?? {}).some(([member, value]) => confirmation?.[member] !== value);
  if (differs) throw new errors.InvalidGrant('the refresh token is bound to another key');
}

/** Whether a token may come as `Bearer`: one that is bound to a key may not (RFC 9449 section 7.2), one that is bound to a certificate with that certificate. */
export function isProvenBearer(ctx: Pick<Context, 'state'>, cnf: unknown): boolean {
  const confirmation = cnf as Confirmation | undefined;
  return confirmation?.jkt === undefined && provesCertificate(ctx, confirmation);
}

/** Whether the certificate of this request is the one in `cnf`; true for a token that is bound to none. */
export function provesCertificate(ctx: Pick<Context, 'state'>, confirmation: Confirmation | undefined): boolean {
  const expected = confirmation?.['x5t#S256'];
  if (expected === undefined) return true;
  const certificate = certificateOf(ctx);
  return certificate !== undefined && thumbprint(certificate.raw) === expected;
}

function thumbprint(der: Buffer): string {
  return hash('sha256', der, 'base64url');
}
