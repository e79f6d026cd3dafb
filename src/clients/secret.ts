/** Client secrets: 256 machine-made bits, kept only as SHA-256 (issue of registration; services.md asks for URL-safe characters). */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import type { RegisteredClient } from './client.ts';

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

/** A client as far as its secrets go. */
export type SecretHolder = Pick<RegisteredClient, 'clientId' | 'secretHash' | 'previousSecret'>;

/** Whether the secret is one of the client's at this moment: the present one, or the one before until its end. */
export type SecretCheck = (client: SecretHolder, secret: string) => boolean;

/** `onUse` is told which secret proved a client, by its hash. */
export function createSecretCheck(
  clock: Clock,
  onUse: (clientId: string, hash: string, at: number) => void = () => {},
): SecretCheck {
  return (client, secret) => {
    const now = clock.now();
    const found = findSecret(client, secret, now);
    if (found !== undefined) onUse(client.clientId, found, now);
    return found !== undefined;
  };
}

/** The hash that the secret has, of those that are valid at an instant. */
export function findSecret(
  { secretHash, previousSecret }: Omit<SecretHolder, 'clientId'>,
  secret: string,
  now: number,
): string | undefined {
  if (secretHash !== null && secretMatches(secret, secretHash)) return secretHash;
  if (!previousSecret || now >= previousSecret.endsAt) return undefined;
  return secretMatches(secret, previousSecret.hash) ? previousSecret.hash : undefined;
}

/** A new secret of 256 random bits in URL-safe characters. */
export function generateClientSecret(): string {
  return randomBytes(32).toString('base64url');
}
