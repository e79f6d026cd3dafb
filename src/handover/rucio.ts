/** Rucio 41: the client of server and daemons, the users' client, and attributes of storages. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Storage } from '../policy/rule.ts';
import { advise, tokenExchangeGrant, warnOfNeeds } from './client-needs.ts';
import type { ConfigFile, Handover } from './config-file.ts';
import { shellQuoted } from './quoting.ts';
import { audiencesOf, hostOf, nicknameOf, type ServiceContext, secretPlaceholder } from './service-context.ts';

const redirects = ['/auth/oidc_code', '/auth/oidc_token'];
/** Rucio takes a cached token with less left for none. */
const leastLeft = 300;
const defaultLifetimeSeconds = 3600;

export function rucioHandover(context: ServiceContext, client: RegisteredClient): Handover {
  const audience = audienceOf(context, client);
  const storages = context.storages.filter(({ kind }) => kind === 'storage');
  return {
    files: [
      secretsFile(context, client),
      serverFile(context, client, audience),
      clientFile(context, audience),
      attributesFile(context, storages),
    ],
    warnings: [
      ...warnOfNeeds(client, {
        confidential: true,
        grantTypes: ['authorization_code', 'refresh_token', 'client_credentials', tokenExchangeGrant],
        redirects,
        scopes: ['openid', 'profile', 'offline_access', 'storage.read:/', 'storage.modify:/'],
        audiences: [audience],
      }),
      ...warnOfMode(client),
      ...warnOfAudience(context, audience),
      ...storages.flatMap(warnOfHostName),
    ],
  };
}

/** What its own tokens are for: the client's default, when that is a service. */
function audienceOf({ storages }: ServiceContext, client: RegisteredClient): string {
  const isService = (audience: string) => storages.some((one) => one.kind === 'service' && one.audience === audience);
  const { defaultAudience } = client;
  return defaultAudience !== null && isService(defaultAudience) ? defaultAudience : 'rucio';
}

function secretsFile(context: ServiceContext, client: RegisteredClient): ConfigFile {
  const account = { client_id: client.clientId, client_secret: secretPlaceholder };
  const entry = {
    issuer: context.issuer,
    ...account,
    redirect_uris: client.redirectUris.filter((uri) => redirects.some((ending) => uri.endsWith(ending))),
    SCIM: account,
  };
  return {
    name: 'idpsecrets.json',
    place: '/opt/rucio/etc/idpsecrets.json, mode 0400',
    comment: null,
    blocks: [
      {
        why: `The secret of client ${client.clientId} belongs at both places that say ${secretPlaceholder}. Rucio demands the SCIM part, though it asks nothing with it. The issuer ends with a slash, as Rucio appends to it.`,
        lines: [JSON.stringify({ [nicknameOf(context)]: entry }, null, 2)],
      },
    ],
  };
}

function serverFile(context: ServiceContext, client: RegisteredClient, audience: string): ConfigFile {
  const lifetime = client.accessTokenLifetimeSeconds ?? defaultLifetimeSeconds;
  return {
    name: 'rucio.cfg',
    place: 'lines for /opt/rucio/etc/rucio.cfg of the server and the daemons',
    comment: '#',
    blocks: [
      {
        critical: true,
        why: 'Tokens for other services do not log in: whoever runs one could act as its users here.',
        lines: ['[oidc]', `expected_audience = ${audience}`, 'expected_scope = openid profile'],
      },
      {
        critical: true,
        why: 'Tokens are cached no longer than they live. Those for paths under embargo end earlier; Rucio reads that in them.',
        lines: [`token_min_lifetime = ${leastLeft}`, `token_max_lifetime = ${lifetime}`],
      },
      {
        why: 'Daemons ask as the client of `admin_issuer`.',
        lines: [
          'idpsecrets = /opt/rucio/etc/idpsecrets.json',
          `admin_issuer = ${nicknameOf(context)}`,
          'supports_audience = True',
          `exchange_grant_type = ${tokenExchangeGrant}`,
          '',
          '[conveyor]',
          'poller_oidc_support = True',
        ],
      },
    ],
  };
}

function clientFile(context: ServiceContext, audience: string): ConfigFile {
  return {
    name: 'rucio-client.cfg',
    place: "lines for the users' rucio.cfg",
    comment: '#',
    blocks: [
      {
        why: `The identity of a user is "SUB=ID-OF-THE-ACCOUNT, ISS=${context.issuer}".`,
        lines: [
          '[client]',
          'auth_type = oidc',
          `oidc_issuer = ${nicknameOf(context)}`,
          `oidc_audience = ${audience}`,
          'oidc_scope = openid profile offline_access',
          'oidc_polling = True',
        ],
      },
    ],
  };
}

function attributesFile(context: ServiceContext, storages: readonly Storage[]): ConfigFile {
  const basePath = context.basePath === null || context.basePath === '/' ? null : context.basePath;
  const set = (name: string, key: string, value: string) =>
    `rucio-admin rse set-attribute --rse ${shellQuoted(name)} --key ${key} --value ${shellQuoted(value)}`;
  return {
    name: 'rse-attributes.sh',
    place: 'commands for the administrator of Rucio; put the names of your RSEs',
    comment: '#',
    blocks: [
      {
        why: 'Only davs protocols use tokens. Scopes are made of the prefix of the protocol; `oidc_base_path` is cut off from it, as the storage puts it before again (`base_path` of XRootD and EOS, `-prefix` of dCache, the access point of StoRM). Where the storage has `/` there, set none.',
        lines: storages.flatMap(({ name }) => [
          set(name, 'oidc_support', 'True'),
          ...(basePath === null ? [] : [set(name, 'oidc_base_path', basePath)]),
        ]),
      },
    ],
  };
}

function warnOfMode(client: RegisteredClient): string[] {
  const faults = [];
  if (client.policyMode !== 'strict') {
    faults.push(
      advise(
        client,
        `has \`policyMode: ${client.policyMode}\`, so a daemon could get less than it asked for and not know`,
        'policyMode: strict',
      ),
    );
  }
  if (!client.privileged) faults.push(advise(client, 'may be throttled', 'privileged: true'));
  const lifetime = client.accessTokenLifetimeSeconds;
  if (lifetime !== null && lifetime < 2 * leastLeft) {
    faults.push(
      advise(
        client,
        `has tokens of ${lifetime} s, of which Rucio uses ${lifetime - leastLeft} s`,
        'accessTokenLifetimeSeconds: 14400',
      ),
    );
  }
  return faults;
}

function warnOfAudience({ storages }: ServiceContext, audience: string): string[] {
  if (storages.some((storage) => audiencesOf(storage).includes(audience))) return [];
  return [
    `no service has the audience \`${audience}\`: write \`- { name: RUCIO, audience: ${audience}, kind: service }\` in \`storages\``,
  ];
}

/** Rucio asks with the host names of the davs protocols, without scheme and port. */
function warnOfHostName(storage: Storage): string[] {
  const { host } = hostOf(storage.audience);
  if (audiencesOf(storage).includes(host)) return [];
  return [
    `Rucio asks for \`${storage.name}\` with its host name: write \`aliases: [${[...storage.aliases, host].join(', ')}]\` for it`,
  ];
}
