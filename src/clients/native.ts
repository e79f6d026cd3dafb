/** Which clients are native applications (RFC 8252): theirs is every port of the machine itself. Inferred, as oidc-agent names none or the wrong `application_type` (oidc-provider-notes 19). */
import type { AuthMethod } from './client.ts';

const ownHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface RedirectingClient {
  readonly tokenEndpointAuthMethod: AuthMethod;
  readonly applicationType: 'native' | 'web' | null;
  readonly redirectUris: readonly string[];
}

/** A scheme of its own makes any client native; redirects to the machine itself one that says so, or a public one that says nothing. */
export function isNativeClient({ tokenEndpointAuthMethod, applicationType, redirectUris }: RedirectingClient): boolean {
  const uris = redirectUris.map((uri) => new URL(uri));
  if (uris.some(hasOwnScheme)) return true;
  const mayBe = applicationType === null ? tokenEndpointAuthMethod === 'none' : applicationType === 'native';
  return mayBe && uris.some(isOwnMachine);
}

/** What registration takes for a native application, whatever the client calls itself. */
export function hasNativeRedirect(redirectUris: readonly string[]): boolean {
  return redirectUris.map((uri) => new URL(uri)).some((uri) => hasOwnScheme(uri) || isOwnMachine(uri));
}

function hasOwnScheme({ protocol }: URL): boolean {
  return protocol !== 'https:' && protocol !== 'http:';
}

/** RFC 8252 section 7.3, and `localhost`, which services use all the same. */
export function isOwnMachine({ protocol, hostname }: Pick<URL, 'protocol' | 'hostname'>): boolean {
  return protocol === 'http:' && ownHosts.has(hostname);
}

export function isOwnHost(hostname: string): boolean {
  return ownHosts.has(hostname);
}
