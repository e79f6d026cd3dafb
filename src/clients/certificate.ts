/** A client's certificate: whether an authority of ours issued it, and whether its name is the registered one (RFC 8705 section 2.1). */
import type { X509Certificate } from 'node:crypto';

/** Extended key usage of a TLS client (RFC 5280 section 4.2.1.12). */
const clientAuthentication = '1.3.6.1.5.5.7.3.2';

/** Issued directly by one of the authorities, both valid at `now`, and meant for clients. Intermediate authorities belong into the list. */
export function isIssuedBy(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  now: number,
): boolean {
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (!isValidAt(certificate, now) || certificate.ca) return false;
  if (usages !== undefined && !usages.includes(clientAuthentication)) return false;
  return authorities.some(
    (authority) =>
      authority.ca &&
      isValidAt(authority, now) &&
      certificate.checkIssued(authority) &&
      certificate.verify(authority.publicKey),
  );
}

function isValidAt({ validFromDate, validToDate }: X509Certificate, now: number): boolean {
  return validFromDate.getTime() <= now && now <= validToDate.getTime();
}

/** Exactly this DNS name is among its alternative names. */
export function hasDnsName(certificate: X509Certificate, name: string): boolean {
  return certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined;
}

/** The subject is this distinguished name, written as RFC 4514 says: the most special part first. */
export function hasSubject(certificate: X509Certificate, name: string): boolean {
  // The platform writes one part a line, the most general first.
  const subject = certificate.subject.split('\n').toReversed().map(readPart);
  const expected = splitUnescaped(name, ',').map(readPart);
  return subject.length === expected.length && subject.every((part, index) => part === expected[index]);
}

/** One relative distinguished name in a form that can be compared: types in capitals, values without escapes. */
function readPart(text: string): string {
  const pairs = splitUnescaped(text, '+').map((pair) => {
    const [type = '', ...value] = pair.split('=');
    return `${type.trim().toUpperCase()}=${unescapeValue(value.join('=').trim())}`;
  });
  return JSON.stringify(pairs.toSorted());
}

function splitUnescaped(text: string, separator: string): string[] {
  return text.split(new RegExp(`(?<=(?:^|[^\\\\])(?:\\\\\\\\)*)\\${separator}`));
}

/** RFC 4514 section 2.4: a character, or the hexadecimal bytes of its UTF-8 form. */
function unescapeValue(value: string): string {
  return value
    .replace(/(?:\\[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('\\', ''), 'hex').toString())
    .replace(/\\(.)/g, '$1');
}
