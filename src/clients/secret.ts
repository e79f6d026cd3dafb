/** Client secrets: 256 machine-made bits, kept only as SHA-256 (issue of registration; services.md asks for URL-safe characters). */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'sha256:';

/** What is stored: `sha256:` and base64url of the SHA-256 of the secret, 43 characters. */
export const clientSecretHashPattern = /^sha256:[A-Za-z0-9_-]{43}$/;

/** The stored form. A plain hash is enough for secrets with 256 bits of their own: there is nothing to guess. */
export function hashClientSecret(secret: string): string {
  return prefix + hash('sha256', secret, 'base64url');
}

/** Whether the secret has the stored hash; false for any other form of hash. */
export function secretMatches(secret: string, hash: string): boolean {
  const expected = Buffer.from(hash, 'utf8');
  const given = Buffer.from(hashClientSecret(secret), 'utf8');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** A new secret of 256 random bits in URL-safe characters. */
export function generateClientSecret(): string {
  return randomBytes(32).toString('base64url');
}
