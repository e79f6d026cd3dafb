/** What a service needs of the client that it is: each need that is not met is a warning with the lines for the lake file. */
import type { RegisteredClient } from '../clients/client.ts';

export interface ClientNeeds {
  readonly grantTypes?: readonly string[];
  readonly scopes?: readonly string[];
  /** Endings of redirect URIs of which one each must be registered. */
  readonly redirects?: readonly string[];
  /** Audiences that it asks tokens for. */
  readonly audiences?: readonly string[];
  /** Whether it has a secret. */
  readonly confidential?: boolean;
}

export const tokenExchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** In the order of the lake file. */
export function warnOfNeeds(client: RegisteredClient, needs: ClientNeeds): string[] {
  return [
    ...warnOfAuthentication(client, needs.confidential),
    ...warnOfMissing(client, 'grantTypes', client.grantTypes, needs.grantTypes ?? []),
    ...warnOfRedirects(client, needs.redirects ?? []),
    ...warnOfMissing(client, 'scopes', client.scopes, needs.scopes ?? []),
    ...(client.audiences === null ? [] : warnOfMissing(client, 'audiences', client.audiences, needs.audiences ?? [])),
  ];
}

/** One line for the lake file. */
export function advise(client: RegisteredClient, fault: string, line: string): string {
  return `client \`${client.clientId}\` ${fault}: write \`${line}\``;
}

function warnOfMissing(
  client: RegisteredClient,
  field: string,
  has: readonly string[],
  needed: readonly string[],
): string[] {
  const missing = needed.filter((value) => !has.includes(value));
  if (missing.length === 0) return [];
  const list = [...has, ...missing].map((value) => (/[:,/ ]/.test(value) ? JSON.stringify(value) : value)).join(', ');
  return [
    advise(client, `lacks ${missing.map((value) => `\`${value}\``).join(', ')} in \`${field}\``, `${field}: [${list}]`),
  ];
}

function warnOfRedirects(client: RegisteredClient, endings: readonly string[]): string[] {
  const missing = endings.filter((ending) => !client.redirectUris.some((uri) => uri.endsWith(ending)));
  const example = (ending: string) => `https://HOST${ending}`;
  return missing.map((ending) =>
    advise(
      client,
      `has no redirect URI that ends with \`${ending}\``,
      `redirectUris: [${[...client.redirectUris, example(ending)].map((uri) => JSON.stringify(uri)).join(', ')}]`,
    ),
  );
}

function warnOfAuthentication(client: RegisteredClient, confidential: boolean | undefined): string[] {
  const { tokenEndpointAuthMethod: method } = client;
  if (confidential === true && !method.startsWith('client_secret_')) {
    return [
      advise(
        client,
        `has \`${method}\`, but the service sends a secret`,
        'tokenEndpointAuthMethod: client_secret_basic',
      ),
    ];
  }
  if (confidential === false && method !== 'none') {
    return [advise(client, `has \`${method}\`, but the program cannot keep a secret`, 'tokenEndpointAuthMethod: none')];
  }
  return [];
}
