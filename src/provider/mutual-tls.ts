/** Clients that prove who they are by a certificate, and tokens that are bound to it (RFC 8705), behind a proxy that ends TLS. */
import type { X509Certificate } from 'node:crypto';
import type { Context } from 'koa';
import type { Configuration } from 'oidc-provider';
import { hasDnsName, hasSubject, isIssuedBy } from '../clients/certificate.ts';
import type { AuthMethod } from '../clients/client.ts';
import type { Clock } from '../shared/clock.ts';

/** What an operator configured. */
export interface MutualTls {
  /** Authorities for `tls_client_auth`; none: only certificates that clients registered themselves. */
  readonly authorities: readonly X509Certificate[];
}

export function rememberCertificate(ctx: Pick<Context, 'state'>, certificate: X509Certificate): void {
  ctx.state.clientCertificate = certificate;
}

/** The certificate of this request, from a trusted proxy. */
export function certificateOf(ctx: Pick<Context, 'state'>): X509Certificate | undefined {
  return ctx.state.clientCertificate as X509Certificate | undefined;
}

/** The ways to authenticate that the settings allow. */
export function mutualTlsMethods(settings: MutualTls | null): readonly AuthMethod[] {
  if (settings === null) return [];
  return settings.authorities.length === 0
    ? ['self_signed_tls_client_auth']
    : ['tls_client_auth', 'self_signed_tls_client_auth'];
}

type Feature = NonNullable<NonNullable<Configuration['features']>['mTLS']>;

export function mutualTlsFeature(settings: MutualTls | null, clock: Clock): Feature {
  if (settings === null) return { enabled: false };
  return {
    enabled: true,
    certificateBoundAccessTokens: true,
    selfSignedTlsClientAuth: true,
    tlsClientAuth: settings.authorities.length > 0,
    getCertificate: (ctx) => certificateOf(ctx),
    certificateAuthorized: (ctx) => {
      const certificate = certificateOf(ctx);
      return certificate !== undefined && isIssuedBy(certificate, settings.authorities, clock.now());
    },
    certificateSubjectMatches: (ctx, property, expected) => {
      const certificate = certificateOf(ctx);
      if (certificate === undefined) return false;
      if (property === 'tls_client_auth_subject_dn') return hasSubject(certificate, expected);
      return property === 'tls_client_auth_san_dns' && hasDnsName(certificate, expected);
    },
  };
}
