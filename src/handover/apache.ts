/** Apache httpd 2.4 with mod_auth_openidc 2.4.12 and later: as relying party of a client, or as resource server of a storage or service. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Storage } from '../policy/rule.ts';
import { advise, warnOfNeeds } from './client-needs.ts';
import type { Block, ConfigFile, Handover } from './config-file.ts';
import { apacheQuoted } from './quoting.ts';
import { audiencesOf, type ServiceContext, secretPlaceholder } from './service-context.ts';

const file = {
  name: 'sluice.conf',
  place: '/etc/apache2/conf-available/sluice.conf, then a2enconf sluice',
  comment: '#',
} as const;
const loopback = /^http:\/\/(localhost|127\.0\.0\.1)[:/]/;

export function apacheRelyingParty(context: ServiceContext, client: RegisteredClient): Handover {
  const [uri] = client.redirectUris;
  const redirectUri = uri ?? 'https://HOST/secure/redirect_uri';
  return {
    files: [{ ...file, blocks: [...criticalLogin(client, redirectUri), ...login(context, client, redirectUri)] }],
    warnings: [
      ...warnOfNeeds(client, { confidential: true, grantTypes: ['authorization_code'], scopes: ['openid', 'profile'] }),
      ...(uri === undefined ? [advise(client, 'has no redirect URI', `redirectUris: ["${redirectUri}"]`)] : []),
      ...(redirectUri.startsWith('https://') || loopback.test(redirectUri)
        ? []
        : [`the redirect URI \`${redirectUri}\` is not https: codes are sent in clear`]),
    ],
  };
}

function criticalLogin({ clientId }: RegisteredClient, redirectUri: string): Block[] {
  return [
    {
      critical: true,
      why: `The secret of client ${clientId}, and one that protects the sessions (openssl rand -hex 32). The file is for root only, mode 0600.`,
      lines: [
        `OIDCClientSecret ${apacheQuoted(secretPlaceholder)}`,
        'OIDCCryptoPassphrase "PUT-A-RANDOM-PASSPHRASE-HERE"',
      ],
    },
    {
      critical: true,
      why: 'Who was suspended, or has left a group, is seen at the next login only: after eight hours at the latest, and at once when the issuer can tell (next lines).',
      lines: ['OIDCSessionMaxDuration 28800'],
    },
    {
      why: `For logouts write in the lake file: backchannelLogoutUri: "${redirectUri}?logout=backchannel"`,
      lines: ['OIDCProviderBackChannelLogoutSupported On'],
    },
  ];
}

function login({ issuer }: ServiceContext, client: RegisteredClient, redirectUri: string): Block[] {
  const wanted = ['openid', 'profile', 'email', 'wlcg.groups'];
  const scopes = wanted.filter((scope) => client.scopes.includes(scope));
  const path = URL.canParse(redirectUri) ? new URL(redirectUri).pathname : '/';
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  return [
    {
      why: 'The redirect URI is answered by the module itself; nothing else may lie there.',
      lines: [
        `OIDCProviderMetadataURL ${apacheQuoted(`${issuer}.well-known/openid-configuration`)}`,
        `OIDCClientID ${apacheQuoted(client.clientId)}`,
        `OIDCRedirectURI ${apacheQuoted(redirectUri)}`,
        `OIDCScope ${apacheQuoted(scopes.join(' '))}`,
        'OIDCResponseType code',
        'OIDCPKCEMethod S256',
        'OIDCProviderTokenEndpointAuth client_secret_basic',
        'OIDCRemoteUserClaim preferred_username',
      ],
    },
    {
      why: 'For members of one group write: Require claim "wlcg.groups:/GROUP"',
      lines: [
        `<Location ${apacheQuoted(directory)}>`,
        '  AuthType openid-connect',
        '  Require valid-user',
        '</Location>',
      ],
    },
  ];
}

export function apacheResourceServer(context: ServiceContext, storage: Storage): Handover {
  const isStorage = storage.kind === 'storage';
  return {
    files: [resourceServerFile(context, storage)],
    warnings: isStorage
      ? [
          `Apache compares no paths: a token for one path of \`${storage.name}\` opens all that lies below the Location; use it for services, or with a Location and a scope for each path`,
        ]
      : [],
  };
}

function resourceServerFile({ issuer }: ServiceContext, storage: Storage): ConfigFile {
  const audiences = audiencesOf(storage).map((audience) => `      Require claim ${apacheQuoted(`aud:${audience}`)}`);
  return {
    ...file,
    blocks: [
      {
        critical: true,
        why: 'The module checks signature and end of a token, and nothing else: without these lines every token that the key of any of its issuers signed is taken, ID tokens and tokens for other services, too. A token is refused with 401.',
        lines: [
          '<Location "/">',
          '  AuthType oauth20',
          '  <RequireAll>',
          `    Require claim ${apacheQuoted(`iss:${issuer}`)}`,
          '    <RequireAny>',
          ...audiences,
          '    </RequireAny>',
          '  </RequireAll>',
          '</Location>',
        ],
      },
      {
        why: 'Keys are asked for again after an hour, and for an unknown kid. REMOTE_USER is the id of the account. For members of one group add to RequireAll: Require claim "wlcg.groups:/GROUP"',
        lines: [
          `OIDCOAuthVerifyJwksUri ${apacheQuoted(`${issuer}jwk`)}`,
          'OIDCOAuthRemoteUserClaim sub',
          'OIDCOAuthAcceptTokenAs header',
        ],
      },
    ],
  };
}
