/** Reads the setting with the receivers of events; no fault ever repeats a value of it, for it holds secrets. */
import { z } from 'zod';
import { eventPatterns } from '../shared/event-type.ts';
import { err, ok } from '../shared/result.ts';
import type { Parsed } from './parse.ts';
import type { WebhookSettings } from './schema.ts';

/** Secrets in the form of Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes. */
const secret = z.string().refine(isSecret, 'expected `whsec_` and base64 of 24 to 64 random bytes');

const webhook = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected lower case letters, digits and `-`'),
  url: z.string().refine(isUrl, 'expected an `https` URL without user, password and fragment'),
  secret: z.union([secret, z.array(secret).min(1).max(4)], {
    error: 'expected `whsec_` and base64 of 24 to 64 random bytes, or a list of such',
  }),
  events: z
    .array(z.string().refine((name) => eventPatterns.includes(name), `expected one of ${eventPatterns.join(', ')}`))
    .min(1, 'expected at least one type')
    .default(['embargo.*', 'grant.*']),
});

const webhooks = z
  .array(webhook)
  .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, 'a name occurs twice');

export function parseWebhooks(text: string): Parsed<readonly WebhookSettings[]> {
  const parsed = webhooks.safeParse(readJson(text), { reportInput: false });
  if (parsed.success)
    return ok(parsed.data.map(({ secret: given, ...rest }) => ({ ...rest, secrets: [given].flat() })));
  const faults = parsed.error.issues.map(({ path, message }) => {
    const place = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
    return place === '' ? message : `\`${place}\`: ${message}`;
  });
  return err(`is not accepted, expected a JSON list of webhooks: ${faults.join('; ')}`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(text) ?? [];
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}

function isUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === '' && !text.includes('#')
  );
}
