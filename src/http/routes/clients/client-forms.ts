/** Reads the forms of clients: lists one a line, JSON, choices. */
import type { ClientChange } from '../../../clients/administration.ts';
import type { AuthMethod } from '../../../clients/client.ts';
import type { ClientDefinition } from '../../../clients/definition.ts';
import { type ClientGrants, withoutEmpty } from '../../../clients/grants.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { deviceCodeGrant } from '../../../tokens/profile.ts';

/** The lines of a textarea without empty ones. */
export function linesOf(form: URLSearchParams, name: string): string[] {
  return (form.get(name) ?? '')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}

export function textOf(form: URLSearchParams, name: string): string {
  return (form.get(name) ?? '').trim();
}

/** What is asked for or granted. */
export function grantsOf(form: URLSearchParams): ClientGrants {
  return withoutEmpty({
    scopes: linesOf(form, 'ask-scopes'),
    audiences: linesOf(form, 'ask-audiences'),
    grantTypes: linesOf(form, 'ask-grants'),
    exchangeOffline: form.get('ask-offline') === 'yes',
    privileged: form.get('ask-privileged') === 'yes',
  });
}

export type ClientKind = 'web' | 'browser' | 'tool' | 'service';

const ofKind: Readonly<
  Record<ClientKind, Pick<ClientDefinition, 'tokenEndpointAuthMethod' | 'grantTypes' | 'scopes'>>
> = {
  web: { grantTypes: ['authorization_code', 'refresh_token'] },
  browser: { tokenEndpointAuthMethod: 'none', grantTypes: ['authorization_code', 'refresh_token'] },
  tool: { tokenEndpointAuthMethod: 'none', grantTypes: [deviceCodeGrant, 'refresh_token'] },
  service: { grantTypes: [], scopes: [] },
};

export function kindOf(form: URLSearchParams): ClientKind | undefined {
  const kind = form.get('kind') ?? '';
  return Object.hasOwn(ofKind, kind) ? (kind as ClientKind) : undefined;
}

/** A new client of a kind; a tool that names redirects logs in by them, too. */
export function newDefinition(kind: ClientKind, form: URLSearchParams): ClientDefinition {
  const { grantTypes = [], ...rest } = ofKind[kind];
  const redirectUris = linesOf(form, 'redirectUris');
  const withCode = kind === 'tool' && redirectUris.length > 0 ? ['authorization_code', ...grantTypes] : grantTypes;
  const contacts = linesOf(form, 'contacts');
  return {
    ...rest,
    grantTypes: withCode,
    ...(textOf(form, 'name') !== '' && { name: textOf(form, 'name') }),
    ...(redirectUris.length > 0 && { redirectUris }),
    ...(contacts.length > 0 && { contacts }),
  };
}

/** What the owner's form says: an empty field takes the field away. The error names the field. */
export function ownerChange(form: URLSearchParams): Result<ClientChange, 'jwks'> {
  const jwks = textOf(form, 'jwks');
  const keys = jwks === '' ? null : readObject(jwks);
  if (keys === undefined) return err('jwks');
  const list = (name: string) => (linesOf(form, name).length === 0 ? null : linesOf(form, name));
  return ok({
    name: textOf(form, 'name') || null,
    redirectUris: list('redirectUris'),
    postLogoutRedirectUris: list('postLogoutRedirectUris'),
    contacts: list('contacts'),
    scopes: linesOf(form, 'scopes'),
    grantTypes: linesOf(form, 'grantTypes'),
    tokenEndpointAuthMethod: (textOf(form, 'method') || null) as AuthMethod | null,
    jwks: keys as ClientDefinition['jwks'] | null,
    jwksUri: textOf(form, 'jwksUri') || null,
  });
}

/** Undefined: no JSON object. */
export function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
