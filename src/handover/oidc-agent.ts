/** oidc-agent 4 and 5: a preregistered public client, or a client of the user's own by dynamic registration. */
import type { RegisteredClient } from '../clients/client.ts';
import { deviceCodeGrant } from '../tokens/profile.ts';
import { warnOfNeeds } from './client-needs.ts';
import type { Block, ConfigFile, Handover } from './config-file.ts';
import { shellQuoted } from './quoting.ts';
import { nicknameOf, type ServiceContext } from './service-context.ts';

export function oidcAgentHandover(context: ServiceContext, client: RegisteredClient): Handover {
  return {
    files: [publicClientsFile(context, client), issuerFile(context, client), commandsFile(context, client)],
    warnings: [
      ...warnOfNeeds(client, {
        confidential: false,
        grantTypes: [deviceCodeGrant, 'refresh_token'],
        scopes: ['openid', 'offline_access'],
      }),
      ...(context.registration === 'nobody'
        ? ['nobody may register clients: for `oidc-gen` without `--pub` write `registration: { allow: users }`']
        : []),
    ],
  };
}

/** All that the client may have is asked for once; each token is then narrowed with `oidc-token --scope`. */
const scopesOf = (client: RegisteredClient) => client.scopes.join(' ');

function publicClientsFile({ issuer }: ServiceContext, client: RegisteredClient): ConfigFile {
  return {
    name: 'pubclients.config',
    place: 'oidc-agent 4, for all users of a machine: a line for /etc/oidc-agent/pubclients.config',
    comment: '#',
    blocks: [
      {
        why: 'The preregistered client, for `oidc-gen --pub`. It has no secret, so the tokens of a lost refresh token are ended by its user or an administrator.',
        lines: [`${client.clientId}@${issuer}@${scopesOf(client)}`],
      },
    ],
  };
}

function issuerFile({ issuer }: ServiceContext, client: RegisteredClient): ConfigFile {
  const settings = {
    issuer,
    legacy_aud_mode: true,
    pubclient: { client_id: client.clientId, scope: scopesOf(client), flow: ['device'] },
  };
  return {
    name: 'issuer.json',
    place: 'oidc-agent 5, for all users of a machine: a file in /etc/oidc-agent/issuer.config.d',
    comment: null,
    blocks: [
      {
        why: 'The same for oidc-agent 5. `legacy_aud_mode` sends `audience`, which takes plain host names, too; without it `resource` is sent, which this issuer takes as well.',
        lines: [JSON.stringify(settings, null, 2)],
      },
    ],
  };
}

function commandsFile(context: ServiceContext, client: RegisteredClient): ConfigFile {
  return {
    name: 'oidc-agent.sh',
    place: 'functions for the shell of a user',
    comment: '#',
    blocks: [narrowing(context), ...preregistered(context, client), registering(context)],
  };
}

function narrowing(context: ServiceContext): Block {
  const audience = context.storages.find(({ kind }) => kind === 'storage')?.audience ?? 'https://storage.example.org';
  return {
    why: 'Ask for one storage and one path for each token: what is sent to a storage can be used by whoever runs it, until it expires. Paths under embargo are given for one named storage only.',
    lines: [
      'narrow_token() {',
      `  oidc-token --aud=${shellQuoted(audience)} --scope="storage.read:$1" ${nicknameOf(context)}`,
      '}',
    ],
  };
}

function preregistered(context: ServiceContext, client: RegisteredClient): Block[] {
  return [
    {
      why: 'With the preregistered client, which has no secret. Where nobody types a password, add --pw-file=FILE.',
      lines: [
        'with_preregistered_client() {',
        `  oidc-gen --issuer=${shellQuoted(context.issuer)} --client-id=${shellQuoted(client.clientId)} --client-secret='' --flow=device \\`,
        `    --scope=${shellQuoted(scopesOf(client))} ${nicknameOf(context)} "$@"`,
        '}',
      ],
    },
  ];
}

function registering(context: ServiceContext): Block {
  const byUser = context.registration === 'users';
  const why = {
    nobody: 'Registering a client of your own is switched off at this issuer (`registration.allow: nobody`).',
    users:
      'With a client of your own. Registration needs an access token of your login: the one that `sluice login` prints, or one of another account of the agent, as the first argument.',
    anyone: 'With a client of your own. Anyone may register one.',
  }[context.registration];
  return {
    why: `${why} It has no scopes on storages until an administrator allows them, and goes away when it is not used.`,
    lines:
      context.registration === 'nobody'
        ? []
        : [
            'with_client_of_my_own() {',
            ...(byUser ? ['  token="$1"', '  shift'] : []),
            `  oidc-gen --issuer=${shellQuoted(context.issuer)}${byUser ? ' --at="$token"' : ''} --flow=device \\`,
            `    --scope='openid profile offline_access' ${nicknameOf(context)}-own "$@"`,
            '}',
          ],
  };
}
