/** The certificate of a client that a trusted proxy passes on (RFC 9440; nginx `$ssl_client_escaped_cert`); whatever others send in that header is dropped. */
import { X509Certificate } from 'node:crypto';
import type { Middleware } from 'koa';
import { rememberCertificate } from '../provider/mutual-tls.ts';
import type { TrustedProxies } from './client-address.ts';

/** `header` in any case; only the proxy that is connected to this server is believed. */
export function clientCertificate(header: string, isTrusted: TrustedProxies): Middleware {
  const name = header.toLowerCase();
  return (ctx, next) => {
    const value = ctx.req.headers[name];
    if (value === undefined) return next();
    delete ctx.req.headers[name];
    const certificate = isTrusted(ctx.req.socket.remoteAddress ?? '') ? readCertificate(String(value)) : undefined;
    if (certificate !== undefined) rememberCertificate(ctx, certificate);
    return next();
  };
}

/** Undefined for anything else than one certificate: two values would be one of the proxy and one of who knows whom. */
function readCertificate(value: string): X509Certificate | undefined {
  const der = /^:([A-Za-z0-9+/]+=*):$/.exec(value)?.[1];
  try {
    if (der !== undefined) return new X509Certificate(Buffer.from(der, 'base64'));
    const pem = decodeURIComponent(value).trim();
    return onePem.test(pem) ? new X509Certificate(pem) : undefined;
  } catch {
    return undefined;
  }
}

const onePem = /^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/;
