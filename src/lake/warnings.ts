/** What is allowed in a lake file but will hardly do what was meant. */
import { defaultAuthMethod } from '../clients/definition.ts';
import type { Entry, ParsedLake } from './parse.ts';
import type { LakeClient } from './schema.ts';
import type { LakeState } from './state.ts';

export function findWarnings(lake: ParsedLake, state: LakeState): string[] {
  const withSecret = new Set(
    state.clients.filter(({ secretHash }) => secretHash !== null).map(({ record }) => record.clientId),
  );
  return [
    ...lake.clients.flatMap((client) => warnOfClient(client, withSecret.has(client.value.clientId))),
    ...warnOfAudiences(lake, state),
    ...warnOfProviders(lake, state),
  ];
}

function warnOfClient({ index, value: client }: Entry<LakeClient>, hasSecret: boolean): string[] {
  const warnings: string[] = [];
  const method = client.tokenEndpointAuthMethod ?? defaultAuthMethod;
  const secret = client.clientSecret ?? client.clientSecretHash;
  if (method.startsWith('client_secret') && secret === undefined && !hasSecret) {
    warnings.push(`clients[${index}]: \`${client.clientId}\` has no secret, so that it cannot get a token`);
  }
  if (client.grantTypes?.includes('authorization_code') && (client.redirectUris ?? []).length === 0) {
    warnings.push(
      `clients[${index}]: \`${client.clientId}\` has no redirect URI, so that \`authorization_code\` cannot be used`,
    );
  }
  return warnings;
}

/** Identities stay for a provider that is declared later. */
function warnOfProviders({ accounts, head }: ParsedLake, state: LakeState): string[] {
  const declared = new Set((head.upstreams ?? state.settings.upstreams ?? []).map(({ issuer }) => issuer));
  const issuers = accounts.flatMap(({ value }) => (value.identities ?? []).map(({ issuer }) => issuer));
  return [...new Set(issuers)]
    .filter((issuer) => !declared.has(issuer))
    .map(
      (issuer) =>
        `no provider in \`upstreams\` has the issuer \`${issuer}\`, so that nobody logs in with its identities`,
    );
}

/** A grant for an audience that is not registered never counts (policy-semantics 2.3). */
function warnOfAudiences({ grants, storages }: ParsedLake, state: LakeState): string[] {
  const registered = new Set([
    ...storages.flatMap(({ value }) => [value.audience, ...(value.aliases ?? [])]),
    ...state.storages.flatMap(({ record }) => [record.audience, ...record.aliases]),
  ]);
  return grants.flatMap(({ index, value }) =>
    (value.audiences ?? [])
      .filter((audience) => !registered.has(audience))
      .map((audience) => `grants[${index}]: audience \`${audience}\` is not registered, so that it never counts`),
  );
}
