/** One-time codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds, which is what every app can do. */
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';

const period = 30;

/** Codes of the neighbouring steps count as well, for clocks that are a little off. */
const window = 1;

/** 160 bits (RFC 4226 section 4). */
export function newOneTimeSecret(): Buffer {
  return randomBytes(20);
}

/** In base32 groups of four, for who types it. */
export function secretText(secret: Buffer): string {
  return (toSecret(secret).base32.match(/.{1,4}/g) ?? []).join(' ');
}

/** The `otpauth:` address of the QR code. */
export function secretAddress(secret: Buffer, names: { readonly issuer: string; readonly username: string }): string {
  return generator(secret, names).toString();
}

/** The step of a code that is right at the instant (milliseconds since the epoch); undefined: it is not. Whether the step was used is not looked at. */
export function stepOf(secret: Buffer, code: string, now: number): number | undefined {
  const digits = code.replaceAll(/[\s-]/g, '');
  if (!/^\d{6}$/.test(digits)) return undefined;
  const delta = generator(secret).validate({ token: digits, timestamp: now, window });
  return delta === null ? undefined : Math.floor(now / 1000 / period) + delta;
}

function generator(secret: Buffer, names?: { readonly issuer: string; readonly username: string }): TOTP {
  return new TOTP({
    ...(names && { issuer: names.issuer, label: names.username }),
    algorithm: 'SHA1',
    digits: 6,
    period,
    secret: toSecret(secret),
  });
}

function toSecret(bytes: Buffer): Secret {
  return new Secret({ buffer: Uint8Array.from(bytes).buffer });
}
