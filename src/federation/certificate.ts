/** Certificates of people, on whatever way they come here, and signatures by which people prove the private keys. */
import { type KeyObject, verify, X509Certificate } from 'node:crypto';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { hasSubject, isIssuedBy } from '../clients/certificate.ts';
import { ok } from '../shared/result.ts';
import type { NewCertificate } from './identities.ts';

const leastRsaBits = 2048;
const longestName = 1000;

/** What somebody says who vouches for it: a certificate, or its names alone. */
export interface SaidCertificate {
  /** RFC 4514. */
  readonly subject?: string | null | undefined;
  /** Absent: any authority. */
  readonly issuer?: string | null | undefined;
  readonly label?: string | null | undefined;
  readonly pem?: string | null | undefined;
}

/** Names that are said beside a certificate have to be those of the certificate. Whether it is valid now does not matter: its names are what is kept. */
export function readCertificate({ subject, issuer, label: said, pem }: SaidCertificate): PeopleAnswer<NewCertificate> {
  const label = said || null;
  if (!pem) return readNames(subject ?? '', issuer ?? '', label);
  const read = parseStrong(pem);
  if (!read.ok) return read;
  const names = { subject: nameOf(read.value.subject), issuer: nameOf(read.value.issuer) };
  if (subject && !hasSubject(read.value, subject)) {
    return refused('invalid', `it is not the subject of the certificate, expected \`${names.subject}\``, 'subject');
  }
  // Only the certificate: a private key that was sent with it is not kept.
  return ok({ ...names, label, pem: read.value.toString() });
}

function readNames(subject: string, issuer: string, label: string | null): PeopleAnswer<NewCertificate> {
  if (!isName(subject)) {
    return refused('invalid', 'expected a certificate, or its subject such as `CN=Alice,DC=example`', 'subject');
  }
  if (issuer !== '' && !isName(issuer)) {
    return refused('invalid', 'expected the name of an authority such as `CN=Authority,DC=example`', 'issuer');
  }
  return ok({ subject, issuer, label, pem: null });
}

/**
 * One that a person brings: valid now (milliseconds since the epoch) and from one of the authorities, as whoever makes certificates
 * can write anybody's name into them.
 */
export function readOwnCertificate(
  pem: string,
  now: number,
  authorities: readonly X509Certificate[],
): PeopleAnswer<NewCertificate> {
  const read = readCertificate({ pem: pem || 'none' });
  const certificate = read.ok && read.value.pem !== null ? parse(read.value.pem) : undefined;
  if (certificate === undefined) return read;
  const { validFromDate, validToDate } = certificate;
  if (now < validFromDate.getTime() || now >= validToDate.getTime()) {
    return refused('invalid', 'the certificate is not valid now', 'certificate');
  }
  if (!isIssuedBy(certificate, authorities, now)) {
    return refused(
      'invalid',
      'the authority of the certificate is none of those that are accepted here',
      'certificate',
    );
  }
  return read;
}

/** Whether the private key of the certificate has signed the message: SHA-256, or Ed25519 by itself; as base64. */
export function isSignedByCertificate(pem: string, message: string, signature: string): boolean {
  const key = parse(pem)?.publicKey;
  if (key === undefined) return false;
  const digest = isEdwards(key) ? null : 'sha256';
  return verify(digest, Buffer.from(message), key, Buffer.from(signature.trim(), 'base64'));
}

/** Whether OpenSSL signs with the key of this certificate by `pkeyutl` and not by `dgst`. */
export function hasEdwardsKey(pem: string): boolean {
  const key = parse(pem)?.publicKey;
  return key !== undefined && isEdwards(key);
}

function isEdwards({ asymmetricKeyType }: KeyObject): boolean {
  return asymmetricKeyType === 'ed25519';
}

function parseStrong(pem: string): PeopleAnswer<X509Certificate> {
  const certificate = parse(pem);
  if (certificate === undefined) return refused('invalid', 'expected a certificate as PEM', 'certificate');
  const { asymmetricKeyType = '', asymmetricKeyDetails } = certificate.publicKey;
  const bits = asymmetricKeyDetails?.modulusLength ?? leastRsaBits;
  if (!['rsa', 'ec', 'ed25519'].includes(asymmetricKeyType) || bits < leastRsaBits) {
    const expected = `expected a certificate of an EC or Ed25519 key, or of an RSA key of at least ${leastRsaBits} bits`;
    return refused('invalid', expected, 'certificate');
  }
  return certificate.subject
    ? ok(certificate)
    : refused('invalid', 'expected a certificate with a subject', 'certificate');
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function isName(text: string): boolean {
  return /^[A-Za-z0-9.]+=/.test(text) && text.length <= longestName && text.isWellFormed() && !/\p{Cc}/u.test(text);
}

/** The platform writes one part a line, the most general first; RFC 4514 has the most special one first. */
function nameOf(name: string): string {
  return name.split('\n').toReversed().join(',');
}
