/** Addresses of a client: absolute, without fragment (RFC 6749 section 3.1.2), and never a script. */
import { z } from 'zod';
import { isOwnHost } from '../../clients/native.ts';
import { shorten } from './scalars.ts';

const dangerous = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:', 'about:']);

export const redirectUri = z.string().check((context) => {
  const problem = problemOf(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', input: context.value, message: problem });
});

function problemOf(uri: string): string | undefined {
  const shown = `\`${shorten(uri)}\``;
  const parsed = /^[!-~]{1,2000}$/.test(uri) ? URL.parse(uri) : null;
  if (parsed === null) return `${shown} is not an absolute URI`;
  if (uri.includes('#')) return `${shown} has a fragment, expected none`;
  if (dangerous.has(parsed.protocol)) return `the scheme \`${parsed.protocol}\` is not accepted`;
  // The URL parser repairs `http:host`; a redirect is compared as it stands.
  if (/^https?:$/.test(parsed.protocol) && !/^https?:\/\//i.test(uri)) return `${shown} is not an absolute URI`;
  return parsed.username === '' && parsed.password === '' ? undefined : 'holds user information, expected none';
}

/** What the server asks a client at: `https`, or the machine itself where no certificate is needed. Which hosts it may reach, the settings say. */
export const keyAddress = z.string().refine(isProtected, 'expected an `https` address');

function isProtected(uri: string): boolean {
  const { protocol, hostname } = URL.parse(uri) ?? {};
  return protocol === 'https:' || (protocol === 'http:' && isOwnHost(hostname ?? ''));
}
