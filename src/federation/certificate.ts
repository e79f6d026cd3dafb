/** Certificates as people paste them, and signatures by which they prove the private keys. */
import { verify, X509Certificate } from 'node:crypto';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { isIssuedBy } from '../clients/certificate.ts';
import { ok } from '../shared/result.ts';
import type { Certificate } from './identities.ts';

const leastRsaBits = 2048;

/**
 * One that is valid now (milliseconds since the epoch), with a key that can sign, from one of the authorities: whoever
 * makes certificates can write anybody's name into them.
 */
export function readCertificate(
  pem: string,
  now: number,
  authorities: readonly X509Certificate[],
): PeopleAnswer<Omit<Certificate, 'addedAt'>> {
  const certificate = parse(pem);
  if (certificate === undefined) return refused('invalid', 'expected a certificate as PEM', 'certificate');
  const { subject, issuer, validFromDate, validToDate, publicKey } = certificate;
  if (now < validFromDate.getTime() || now >= validToDate.getTime()) {
    return refused('invalid', 'the certificate is not valid now', 'certificate');
  }
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? leastRsaBits;
  if (!['rsa', 'ec'].includes(publicKey.asymmetricKeyType ?? '') || bits < leastRsaBits) {
    return refused(
      'invalid',
      `expected a certificate of an EC key or of an RSA key of ${leastRsaBits} bits`,
      'certificate',
    );
  }
  if (!isIssuedBy(certificate, authorities, now)) {
    return refused(
      'invalid',
      'the authority of the certificate is none of those that are accepted here',
      'certificate',
    );
  }
  if (!subject) return refused('invalid', 'expected a certificate with a subject', 'certificate');
  // Only the certificate: a private key that was pasted with it is not kept.
  return ok({ subject: inOrder(subject), issuer: inOrder(issuer), label: null, pem: certificate.toString() });
}

/** Whether the private key of the certificate has signed the message: SHA-256, as base64. */
export function isSignedByCertificate(pem: string, message: string, signature: string): boolean {
  const key = parse(pem)?.publicKey;
  return key !== undefined && verify('sha256', Buffer.from(message), key, Buffer.from(signature.trim(), 'base64'));
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The platform writes one part a line, the most general first; RFC 4514 has the most special one first. */
function inOrder(name: string): string {
  return name.split('\n').toReversed().join(',');
}
