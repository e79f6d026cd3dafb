/** A client's key as a JWK: public, and of a type that the issuer can check (RFC 7517, RFC 7518). */
import { z } from 'zod';

/** RFC 7518 sections 6.2.2, 6.3.2 and 6.4: members of private and symmetric keys. */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const neededMembers: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'x', 'y'],
  RSA: ['n', 'e'],
  OKP: ['crv', 'x'],
};

export const publicKey = z.record(z.string(), z.unknown()).check((context) => {
  for (const [member, message] of problemsOf(context.value)) {
    context.issues.push({ code: 'custom', input: context.value, path: member === '' ? [] : [member], message });
  }
});

/** Pairs of member and message; the values themselves are never shown. */
function problemsOf(key: Readonly<Record<string, unknown>>): [string, string][] {
  const secret = secretMembers.find((member) => Object.hasOwn(key, member));
  if (secret !== undefined) return [['', `holds the secret member \`${secret}\`, expected a public key`]];
  const needed = typeof key.kty === 'string' ? neededMembers[key.kty] : undefined;
  if (needed === undefined) return [['kty', 'expected one of `EC`, `RSA`, `OKP`']];
  return needed
    .filter((member) => typeof key[member] !== 'string')
    .map((member) => [member, 'is missing, expected a text']);
}
