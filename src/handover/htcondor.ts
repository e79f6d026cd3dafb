/** HTCondor 10 and HTCondor-CE 6: tokens at its daemons for a service, and its credential monitor as a client. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Storage } from '../policy/rule.ts';
import { warnOfNeeds } from './client-needs.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { expressionQuoted } from './quoting.ts';
import { audiencesOf, localNameOf, nicknameOf, type ServiceContext, secretPlaceholder } from './service-context.ts';

export function htcondorServer(context: ServiceContext, storage: Storage): Handover {
  return {
    files: [daemonFile(context, storage), mapFile(context)],
    warnings: [
      ...(storage.kind === 'service'
        ? []
        : [`\`${storage.name}\` is registered as a storage: write \`kind: service\` for what runs jobs`]),
      ...(context.mapGroups ? ['HTCondor maps issuer and subject only, not groups'] : []),
    ],
  };
}

function daemonFile({ issuer }: ServiceContext, storage: Storage): ConfigFile {
  return {
    name: '99-sluice.conf',
    place: '/etc/condor/config.d/99-sluice.conf, or /etc/condor-ce/config.d/99-sluice.conf',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'Tokens for other services are refused. Without an audience every token that says who somebody is would be taken.',
        lines: [`SCITOKENS_SERVER_AUDIENCE = ${audiencesOf(storage).join(', ')}`],
      },
      {
        critical: true,
        why: 'A token may do what its scopes say (compute.read, compute.create, compute.modify, compute.cancel), for issuers of the mapfile only. HTCondor-CE has its own place for mapfiles, /etc/condor-ce/mapfiles.d.',
        lines: [
          'SEC_DEFAULT_AUTHENTICATION_METHODS = FS, SCITOKENS',
          'SEC_CLIENT_AUTHENTICATION_METHODS = FS, SCITOKENS',
          'CERTIFICATE_MAPFILE = /etc/condor/mapfiles.d/50-sluice.conf',
        ],
      },
      {
        why: `Sessions are encrypted. The issuer is ${issuer}`,
        lines: ['SEC_DEFAULT_ENCRYPTION = REQUIRED', 'SEC_DEFAULT_INTEGRITY = REQUIRED'],
      },
    ],
  };
}

function mapFile(context: ServiceContext): ConfigFile {
  const issuer = expressionQuoted(context.issuer);
  const clients = [...context.clients.values()].filter(({ scopes }) =>
    scopes.some((scope) => scope.startsWith('compute.')),
  );
  const lines = clients.map(
    ({ clientId }) =>
      `SCITOKENS /^${issuer},${expressionQuoted(clientId)}$/ ${localNameOf(`/${clientId}`)}@users.htcondor.org`,
  );
  return {
    name: '50-sluice.conf',
    place: '/etc/condor/mapfiles.d/50-sluice.conf, or /etc/condor-ce/mapfiles.d/50-sluice.conf',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'Issuer and subject, from the beginning to the end. An expression without the subject, or with `.*`, would run the jobs of everybody as one account, which reads the files of all of them.\n\nThe subject of a user is the id of the account, that of a client its id. Below are the clients with compute scopes; write a line like them for each user, without `# `:',
        lines: [`# SCITOKENS /^${issuer},ID-OF-THE-ACCOUNT$/ LOCAL-USER@users.htcondor.org`, ...lines],
      },
    ],
  };
}

export function htcondorClient(context: ServiceContext, client: RegisteredClient): Handover {
  const provider = nicknameOf(context);
  return {
    files: [credentialMonitorFile(context, client, provider)],
    warnings: warnOfNeeds(client, {
      confidential: true,
      grantTypes: ['authorization_code', 'refresh_token'],
      redirects: [`/return/${provider}`],
      scopes: ['openid', 'profile', 'offline_access'],
    }),
  };
}

function credentialMonitorFile({ issuer }: ServiceContext, client: RegisteredClient, provider: string): ConfigFile {
  const name = provider.toUpperCase().replaceAll(/\W/g, '_');
  return {
    name: '60-sluice-credmon.conf',
    place: '/etc/condor/config.d/60-sluice-credmon.conf on the access point',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: `The secret of client ${client.clientId} is the content of the file, which is for root only, mode 0600 (${secretPlaceholder}). Refresh tokens lie in SEC_CREDENTIAL_DIRECTORY_OAUTH: who reads that directory acts as the users.`,
        lines: [
          `${name}_CLIENT_SECRET_FILE = /etc/condor/.secrets/${provider}`,
          'SEC_CREDENTIAL_DIRECTORY_OAUTH = /var/lib/condor/oauth_credentials',
        ],
      },
      {
        why: 'Jobs name scopes and audience of their tokens in the submit file: one path and one storage each, as every machine that runs the job can use them.',
        lines: [
          `${name}_CLIENT_ID = ${client.clientId}`,
          `${name}_RETURN_URL_SUFFIX = /return/${provider}`,
          `${name}_AUTHORIZATION_URL = ${issuer}authorize`,
          `${name}_TOKEN_URL = ${issuer}token`,
          `${name}_USER_URL = ${issuer}userinfo`,
        ],
      },
    ],
  };
}
