/** Secrets of high entropy at rest: the database holds their SHA-256 only. */
import { hash } from 'node:crypto';

export function tokenHash(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
