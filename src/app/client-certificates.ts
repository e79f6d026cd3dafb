/** What the settings say about certificates of clients behind a proxy (RFC 8705). */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Middleware } from 'koa';
import type { Config } from '../config/schema.ts';
import type { TrustedProxies } from '../http/client-address.ts';
import { clientCertificate } from '../http/client-certificate.ts';
import type { MutualTls } from '../provider/mutual-tls.ts';

export interface ClientCertificates {
  /** Null: certificates are not taken from any header. */
  readonly mutualTls: MutualTls | null;
  readonly middleware: Middleware | null;
}

type Settings = Pick<Config, 'clientCertHeader' | 'clientCaFile'>;

export function readClientCertificates(settings: Settings, isTrusted: TrustedProxies): ClientCertificates {
  const { clientCertHeader, clientCaFile } = settings;
  if (clientCertHeader === null) return { mutualTls: null, middleware: null };
  const authorities = readAuthorities(clientCaFile);
  return { mutualTls: { authorities }, middleware: clientCertificate(clientCertHeader, isTrusted) };
}

/** The certificates of a PEM file; none of no file. */
export function readAuthorities(path: string | null): readonly X509Certificate[] {
  const text = path === null ? '' : readFileSync(path, 'utf8');
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((pem) => new X509Certificate(pem));
}
