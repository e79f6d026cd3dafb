/** HTTP Basic client credentials as services send them: percent-encoded (RFC 6749 section 2.3.1) or as they are, ids with colons too (W-HOST-2). */
import type { RegisteredClient } from './client.ts';
import { findSecret } from './secret.ts';

/** An id and a secret, as meant. */
export interface Credentials {
  readonly id: string;
  readonly secret: string;
}

/** The reading that fits a registered client, else the standard's; undefined where the header holds no credentials. */
export function readBasic(header: string, clients: ReadonlyMap<string, RegisteredClient>): Credentials | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const readings = readingsOf(Buffer.from(encoded, 'base64').toString('utf8'));
  return readings.find((reading) => fits(reading, clients)) ?? readings[0];
}

/** The header with the credentials percent-encoded, as the protocol library reads it. */
export function normaliseBasic(header: string, clients: ReadonlyMap<string, RegisteredClient>): string {
  const chosen = readBasic(header, clients);
  if (chosen === undefined) return header;
  const plain = `${encodeURIComponent(chosen.id)}:${encodeURIComponent(chosen.secret)}`;
  return `Basic ${Buffer.from(plain).toString('base64')}`;
}

/** Percent-decoded first, then as sent; at every colon, since an id may contain some. */
function readingsOf(text: string): Credentials[] {
  const decoded: Credentials[] = [];
  const asSent: Credentials[] = [];
  for (let colon = text.indexOf(':'); colon !== -1 && asSent.length < 8; colon = text.indexOf(':', colon + 1)) {
    const raw = { id: text.slice(0, colon), secret: text.slice(colon + 1) };
    asSent.push(raw);
    const standard = decode(raw);
    if (standard) decoded.push(standard);
  }
  return [...decoded, ...asSent];
}

function decode({ id, secret }: Credentials): Credentials | undefined {
  try {
    return { id: formDecode(id), secret: formDecode(secret) };
  } catch {
    return undefined;
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function fits({ id, secret }: Credentials, clients: ReadonlyMap<string, RegisteredClient>): boolean {
  const client = clients.get(id);
  // Which reading is meant; whether the secret is still valid is judged later.
  return client !== undefined && findSecret(client, secret, 0) !== undefined;
}
