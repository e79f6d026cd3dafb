/** FTS3 3.14: the token provider in its database. */
import type { RegisteredClient } from '../clients/client.ts';
import { advise, tokenExchangeGrant, warnOfNeeds } from './client-needs.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { sqlQuoted } from './quoting.ts';
import { nicknameOf, type ServiceContext, secretPlaceholder } from './service-context.ts';

const submissionScope = 'fts';
/** FTS asks for a new token when less is left. */
const margin = 300;

export function ftsHandover(context: ServiceContext, client: RegisteredClient): Handover {
  return {
    files: [databaseFile(context, client), restFile(context, client), serverFile()],
    warnings: [
      ...warnOfNeeds(client, {
        confidential: true,
        grantTypes: ['refresh_token', tokenExchangeGrant],
        scopes: ['offline_access', 'storage.read:/', 'storage.modify:/'],
      }),
      ...warnOfSettings(client),
      ...warnOfSubmitters(context),
    ],
  };
}

function provider(context: ServiceContext, client: RegisteredClient) {
  return {
    name: nicknameOf(context),
    issuer: context.issuer,
    client_id: client.clientId,
    client_secret: secretPlaceholder,
    required_submission_scope: submissionScope,
    vo_mapping: nicknameOf(context),
  };
}

function databaseFile(context: ServiceContext, client: RegisteredClient): ConfigFile {
  const row = provider(context, client);
  const columns = Object.keys(row);
  return {
    name: 'token-provider.sql',
    place: 'for the database of FTS (MySQL); or use token-provider.json',
    comment: '--',
    blocks: [
      {
        critical: true,
        why: `With \`required_submission_scope\` NULL every token of the issuer submits transfers, whatever it is for.\n\nThe issuer ends with a slash, as FTS appends to it. The secret of client ${client.clientId} belongs where it says ${secretPlaceholder}.`,
        lines: [
          `INSERT INTO t_token_provider (${columns.join(', ')})`,
          `VALUES (${Object.values(row).map(sqlQuoted).join(', ')})`,
          'ON DUPLICATE KEY UPDATE',
          `${columns
            .filter((column) => column !== 'issuer')
            .map((column) => `  ${column} = VALUES(${column})`)
            .join(',\n')};`,
        ],
      },
    ],
  };
}

function restFile(context: ServiceContext, client: RegisteredClient): ConfigFile {
  return {
    name: 'token-provider.json',
    place: 'the same for POST https://FTS:8446/config/token_providers, by an administrator of FTS',
    comment: null,
    blocks: [{ why: '', lines: [JSON.stringify(provider(context, client), null, 2)] }],
  };
}

function serverFile(): ConfigFile {
  return {
    name: 'fts3config',
    place: 'lines for /etc/fts3/fts3config',
    comment: '#',
    blocks: [
      {
        why: 'The defaults of 3.14, which fit: a transfer gets a new token when less than this is left of the old one.',
        lines: [`TokenRefreshMarginPeriod=${margin}`, 'TokenExchangeBulkSize=500', 'TokenRefreshBulkSize=500'],
      },
    ],
  };
}

function warnOfSettings(client: RegisteredClient): string[] {
  const faults = [];
  if (!client.exchangeOffline) {
    faults.push(advise(client, 'gets no refresh token for the tokens that it exchanges', 'exchangeOffline: true'));
  }
  if (client.refreshTokens !== 'multi-use') {
    faults.push(advise(client, 'has refresh tokens that FTS would use several times', 'refreshTokens: multi-use'));
  }
  if (!client.privileged) {
    faults.push(advise(client, 'may be throttled, and FTS retries only after ten minutes', 'privileged: true'));
  }
  if (!/^[\w.~-]+$/.test(client.clientId)) {
    faults.push(
      `client \`${client.clientId}\`: FTS does not encode the id, expected letters, digits and \`-_.~\` only`,
    );
  }
  return faults;
}

/** Somebody must be able to get the scope that a submission needs. */
function warnOfSubmitters({ clients }: ServiceContext): string[] {
  if ([...clients.values()].some(({ scopes }) => scopes.includes(submissionScope))) return [];
  return [
    `no client has the scope \`${submissionScope}\`, so none submits: write it in the \`scopes\` of Rucio's client`,
  ];
}
