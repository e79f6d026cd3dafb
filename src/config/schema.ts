/** Every setting as data: what `loadConfig` accepts, `config print` shows and the reference table says. */

/** What the server runs with: read once, deeply frozen. */
export interface Config {
  /** The issuer URL, with its final `/`: every URL that is sent out starts with it. */
  readonly issuer: string;
  /** A host name or address to listen on; `localhost` means both loopback addresses. */
  readonly host: string;
  readonly port: number;
  /** Paths of PEM files; null: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** Null: the embedded PostgreSQL below `dataDir`. */
  readonly databaseUrl: string | null;
  readonly dataDir: string;
  readonly keysDir: string;
  /** Encrypt private keys in the database, newest first; empty only when a development secret is made at start. */
  readonly keysSecrets: readonly string[];
  /** 0: keys are only rotated by hand. */
  readonly keysRotateDays: number;
  /** How long a new key is published before it signs. */
  readonly keysLeadDays: number;
  /** Path of the module that makes keys in a device and signs with them; null: keys are in the database. */
  readonly keysModule: string | null;
  /** Applied when the database is empty. */
  readonly lakeFile: string;
  /** Newest first; empty only when development secrets are made at start. */
  readonly cookieSecrets: readonly string[];
  /** Addresses and CIDR blocks whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Header in which trusted proxies pass on the certificate of a client; null: certificates are not looked at. */
  readonly clientCertHeader: string | null;
  /** Path of a PEM file with the authorities of `tls_client_auth`. */
  readonly clientCaFile: string | null;
  /** Path of a PEM file with the authorities of members' certificates. */
  readonly peopleCaFile: string | null;
  /** Host names, addresses and CIDR blocks of the own network that may be fetched for clients. */
  readonly allowPrivateFetch: readonly string[];
  readonly logLevel: LogLevel;
  /** 0: no metrics. */
  readonly metricsPort: number;
  readonly issueLogDays: number;
  /** Where events of grants and embargoes are sent. */
  readonly webhooks: readonly WebhookSettings[];
  readonly eventDays: number;
  /** 0: an event is sent until it is taken. */
  readonly webhookGiveUpDays: number;
  /** Secrets of this server at upstream providers, by the names of the lake file. */
  readonly upstreamSecrets: Readonly<Record<string, string>>;
  /** Of the mail server, with its login; null: mails wait in the outbox. */
  readonly smtpUrl: string | null;
  /** An address, or `Name <address>`. */
  readonly mailFrom: string;
  /** True with `NODE_ENV=production`: development keys, passwords and defaults are refused. */
  readonly production: boolean;
}

/** One receiver of events; docs/integration/webhooks.md. */
export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  /** `whsec_` and base64, newest first. */
  readonly secrets: readonly string[];
  /** Types and patterns such as `embargo.*`. */
  readonly events: readonly string[];
}

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** One setting; its variable is `SLUICE_` and the name. */
export interface Setting {
  readonly name: SettingName;
  readonly key: keyof Config | 'tls.certFile' | 'tls.keyFile';
  readonly type: string;
  /** In words for the reference table. */
  readonly default: string;
  readonly unit: string;
  readonly description: string;
  /** Its value is never shown, and `SLUICE_<NAME>_FILE` names a file that holds it. */
  readonly secret: boolean;
}

export type SettingName =
  | 'ISSUER'
  | 'HOST'
  | 'PORT'
  | 'TLS_CERT_FILE'
  | 'TLS_KEY_FILE'
  | 'DATABASE_URL'
  | 'DATA_DIR'
  | 'KEYS_DIR'
  | 'KEYS_SECRET'
  | 'KEYS_ROTATE_DAYS'
  | 'KEYS_LEAD_DAYS'
  | 'KEYS_MODULE'
  | 'LAKE_FILE'
  | 'COOKIE_SECRETS'
  | 'TRUSTED_PROXIES'
  | 'CLIENT_CERT_HEADER'
  | 'CLIENT_CA_FILE'
  | 'PEOPLE_CA_FILE'
  | 'ALLOW_PRIVATE_FETCH'
  | 'LOG_LEVEL'
  | 'METRICS_PORT'
  | 'ISSUE_LOG_DAYS'
  | 'WEBHOOKS'
  | 'EVENT_DAYS'
  | 'WEBHOOK_GIVE_UP_DAYS'
  | 'UPSTREAM_SECRETS'
  | 'SMTP_URL'
  | 'MAIL_FROM';

/** The prefix of every variable. */
export const prefix = 'SLUICE_';

/** Variables with this prefix belong to test programs and are left alone. */
export const testPrefix = 'SLUICE_TEST_';

const plain = { unit: '', secret: false } as const;

/** In the order of the reference table. */
export const settings: readonly Setting[] = [
  {
    ...plain,
    name: 'ISSUER',
    key: 'issuer',
    type: 'URL that ends with `/`',
    default: '`http://localhost:<PORT>/`, with TLS files `https://localhost:<PORT>/`',
    description: 'The issuer URL: `iss` of every token and the start of every URL that the server sends out.',
  },
  {
    ...plain,
    name: 'HOST',
    key: 'host',
    type: 'host name or address',
    default: '`localhost` (both loopback addresses)',
    description: 'Where the server listens; `0.0.0.0` or `::` for every address of the machine.',
  },
  {
    ...plain,
    name: 'PORT',
    key: 'port',
    type: 'whole number, 1 to 65535',
    default: '`8080`',
    description: 'The TCP port of the server.',
  },
  {
    ...plain,
    name: 'TLS_CERT_FILE',
    key: 'tls.certFile',
    type: 'path of a PEM file',
    default: 'none: plain HTTP',
    description: 'The certificate chain for HTTPS served directly; together with `SLUICE_TLS_KEY_FILE`.',
  },
  {
    ...plain,
    name: 'TLS_KEY_FILE',
    key: 'tls.keyFile',
    type: 'path of a PEM file',
    default: 'none: plain HTTP',
    description: 'The private key of the certificate; together with `SLUICE_TLS_CERT_FILE`.',
  },
  {
    ...plain,
    name: 'DATABASE_URL',
    key: 'databaseUrl',
    type: '`postgresql://…` URL',
    default: 'none: an embedded PostgreSQL below `SLUICE_DATA_DIR`',
    description: 'A PostgreSQL, version 15 or later, to use instead of the embedded one.',
    secret: true,
  },
  {
    ...plain,
    name: 'DATA_DIR',
    key: 'dataDir',
    type: 'path of a directory',
    default: '`var` in the project',
    description: 'Where the embedded PostgreSQL keeps its data; one server at a time uses it.',
  },
  {
    ...plain,
    name: 'KEYS_DIR',
    key: 'keysDir',
    type: 'path of a directory',
    default: '`keys` in the project',
    description:
      'Key files (`*.jwk.json`) that a first start takes into the database, and the secrets of development; see [keys](../operator/keys.md).',
  },
  {
    ...plain,
    name: 'KEYS_SECRET',
    key: 'keysSecrets',
    type: 'list of strings of 32 characters or more, newest first',
    default: 'made at the first start; required with `NODE_ENV=production`',
    description: 'Encrypts the signing keys in the database; the first encrypts, the others still decrypt.',
    secret: true,
  },
  {
    ...plain,
    name: 'KEYS_ROTATE_DAYS',
    key: 'keysRotateDays',
    type: 'whole number, 2 to 366; 0: only by hand',
    default: '`180`',
    unit: 'days',
    description: 'How long a signing key signs before the next one takes over.',
  },
  {
    ...plain,
    name: 'KEYS_LEAD_DAYS',
    key: 'keysLeadDays',
    type: 'whole number, 1 to 30',
    default: '`4`',
    unit: 'days',
    description: 'How long a new signing key is published before it signs; storages keep keys for up to 4 days.',
  },
  {
    ...plain,
    name: 'KEYS_MODULE',
    key: 'keysModule',
    type: 'path of an ES module',
    default: 'none: keys are made here and kept encrypted in the database',
    description:
      'Makes keys in a device or service (PKCS#11, KMS) and signs with them; see [keys](../operator/keys.md).',
  },
  {
    ...plain,
    name: 'LAKE_FILE',
    key: 'lakeFile',
    type: 'path of a YAML or JSON file',
    default: '`examples/escape.yaml` in the project',
    description: 'The lake file that is applied at a start with an empty database.',
  },
  {
    ...plain,
    name: 'COOKIE_SECRETS',
    key: 'cookieSecrets',
    type: 'list of strings of 32 characters or more, newest first',
    default: 'made at the first start; required with `NODE_ENV=production`',
    description: 'Keys that sign cookies; the first signs, the others are still accepted.',
    secret: true,
  },
  {
    ...plain,
    name: 'TRUSTED_PROXIES',
    key: 'trustedProxies',
    type: 'list of addresses and CIDR blocks',
    default: 'none',
    description: 'Reverse proxies whose `X-Forwarded-For` tells the address of the client.',
  },
  {
    ...plain,
    name: 'CLIENT_CERT_HEADER',
    key: 'clientCertHeader',
    type: 'name of a header',
    default: 'none: certificates of clients are not looked at',
    description:
      'The header in which the trusted proxy passes on the TLS certificate of a client, URL-encoded PEM or RFC 9440; see [production](../operator/production.md).',
  },
  {
    ...plain,
    name: 'CLIENT_CA_FILE',
    key: 'clientCaFile',
    type: 'path of a PEM file',
    default: 'none: only certificates that clients registered themselves',
    description: 'The authorities that issue certificates for `tls_client_auth`, intermediate ones too.',
  },
  {
    ...plain,
    name: 'PEOPLE_CA_FILE',
    key: 'peopleCaFile',
    type: 'path of a PEM file',
    default: 'none: only administrators add certificates',
    description: 'The authorities whose certificates members may add to their accounts, intermediate ones too.',
  },
  {
    ...plain,
    name: 'ALLOW_PRIVATE_FETCH',
    key: 'allowPrivateFetch',
    type: 'list of host names, addresses and CIDR blocks',
    default: 'none',
    description:
      'Hosts of the own network that the server may ask for what clients name, such as `jwksUri` and logout addresses; over plain HTTP too. Everything else must be at a public address and `https`.',
  },
  {
    ...plain,
    name: 'LOG_LEVEL',
    key: 'logLevel',
    type: logLevels.map((level) => `\`${level}\``).join(', '),
    default: '`info`',
    description: 'The least severe log lines that are written.',
  },
  {
    ...plain,
    name: 'METRICS_PORT',
    key: 'metricsPort',
    type: 'whole number, 0 to 65535',
    default: '`SLUICE_PORT` + 1000',
    description: 'The port of Prometheus metrics at `/metrics`; `0` switches them off.',
  },
  {
    ...plain,
    name: 'ISSUE_LOG_DAYS',
    key: 'issueLogDays',
    type: 'whole number, 1 to 36500',
    default: '`400`',
    unit: 'days',
    description: 'How long the log of issued tokens is kept.',
  },
  {
    ...plain,
    name: 'WEBHOOKS',
    key: 'webhooks',
    type: 'JSON list of `{"name", "url", "secret", "events"}`',
    default: 'none',
    description:
      'Where events of grants and embargoes are sent, and the secrets that sign them; see [webhooks](../integration/webhooks.md).',
    secret: true,
  },
  {
    ...plain,
    name: 'EVENT_DAYS',
    key: 'eventDays',
    type: 'whole number, 1 to 36500',
    default: '`30`',
    unit: 'days',
    description:
      'How long events are kept once every webhook has them. A webhook that is not in the settings for this time is forgotten.',
  },
  {
    ...plain,
    name: 'WEBHOOK_GIVE_UP_DAYS',
    key: 'webhookGiveUpDays',
    type: 'whole number, 0 to 36500',
    default: '`0` (never)',
    unit: 'days',
    description: 'The age at which an event that a webhook does not take is given up.',
  },
  {
    ...plain,
    name: 'UPSTREAM_SECRETS',
    key: 'upstreamSecrets',
    type: 'JSON object `{"<name>": "<secret>"}`',
    default: 'none',
    description:
      'Client secrets of this server at upstream providers, by the names that the lake file gives these; see [upstream providers](../operator/upstreams.md).',
    secret: true,
  },
  {
    ...plain,
    name: 'SMTP_URL',
    key: 'smtpUrl',
    type: '`smtp://user:password@host:port` or `smtps://…`',
    default: 'none: mails wait in the outbox',
    description: 'The mail server that takes the mails to people; see [mail](../operator/mail.md).',
    secret: true,
  },
  {
    ...plain,
    name: 'MAIL_FROM',
    key: 'mailFrom',
    type: 'mail address, or `Name <address>`',
    default: '`noreply@` and the host of the issuer',
    description: 'The sender of the mails to people.',
  },
];
