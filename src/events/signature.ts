/** Signs what a webhook gets, in the form of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/**
 * The value of `webhook-signature`: one `v1,<base64>` for each secret, separated by spaces, so that a receiver which
 * knows either of two accepts it. Secrets are `whsec_` and base64; `seconds` is the time of the attempt.
 */
export function signMessage(secrets: readonly string[], id: string, seconds: number, body: string): string {
  return secrets.map((secret) => `v1,${hmac(secret, `${id}.${seconds}.${body}`)}`).join(' ');
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', Buffer.from(secret.slice(prefix.length), 'base64'))
    .update(text)
    .digest('base64');
}
