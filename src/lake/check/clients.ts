/** Clients: how they prove who they are, where logins return to, what they may ask for. */
import { defaultAuthMethod } from '../../clients/definition.ts';
import { isNativeClient, isOwnHost } from '../../clients/native.ts';
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import type { LakeClient } from '../schema.ts';
import { checkMemberships, checkUnique } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkClients({ clients }: ParsedLake, known: KnownNames): LakeFault[] {
  return [
    ...checkUnique('clients', 'clientId', clients, ({ clientId }) => clientId),
    ...clients.flatMap(({ index, value, dropped }) =>
      checkClient(value, known, dropped).map((fault) => ({ ...fault, path: ['clients', index, ...fault.path] })),
    ),
  ];
}

/** Paths are those within the client. */
function checkClient(client: LakeClient, known: KnownNames, dropped: ReadonlySet<string>): LakeFault[] {
  return [
    ...checkClientFields(client, known, dropped),
    ...checkMemberships([], client.groups, known),
    ...(client.owners ?? []).flatMap((owner, index) =>
      known.usernames.has(owner) ? [] : [{ path: ['owners', index], message: `account \`${owner}\` not known` }],
    ),
  ];
}

/** The rules that join several fields of a client, whoever says them. */
export function checkClientFields(
  client: LakeClient,
  known: Pick<KnownNames, 'entitlements'>,
  dropped: ReadonlySet<string> = new Set(),
): LakeFault[] {
  return [
    ...checkAuthentication(client),
    ...(dropped.has('jwks') || dropped.has('jwksUri') ? [] : checkKeySource(client)),
    ...checkRedirects(client),
    ...checkCertificate(client),
    ...checkAudiences(client),
    ...checkLifetimes(client),
    ...checkProfile(client, known),
  ];
}

function checkAuthentication(client: LakeClient): LakeFault[] {
  const faults: LakeFault[] = [];
  const { tokenEndpointAuthMethod: method, clientSecret, clientSecretHash } = client;
  const secretField = clientSecret === undefined ? 'clientSecretHash' : 'clientSecret';
  if (clientSecret !== undefined && clientSecretHash !== undefined) {
    faults.push({ path: ['clientSecretHash'], message: 'expected `clientSecret` or `clientSecretHash`, not both' });
  }
  if (method === 'none' && (clientSecret ?? clientSecretHash) !== undefined) {
    faults.push({ path: [secretField], message: 'a public client (`tokenEndpointAuthMethod: none`) has no secret' });
  }
  if (method === 'none' && client.grantTypes?.includes('client_credentials')) {
    faults.push({ path: ['grantTypes'], message: '`client_credentials` needs a client that proves who it is' });
  }
  return faults;
}

/** RFC 8252 sections 7.2 and 7.3: what a native application may not have beside its own redirects. */
function checkRedirects({ tokenEndpointAuthMethod, applicationType, redirectUris = [] }: LakeClient): LakeFault[] {
  // What is no address has a fault already.
  const uris = redirectUris.filter((uri) => URL.canParse(uri));
  const method = tokenEndpointAuthMethod ?? defaultAuthMethod;
  if (
    !isNativeClient({ tokenEndpointAuthMethod: method, applicationType: applicationType ?? null, redirectUris: uris })
  )
    return [];
  return redirectUris.flatMap((uri, index) => {
    const { protocol, hostname } = URL.parse(uri) ?? {};
    if (!/^https?:$/.test(protocol ?? '') || (protocol === 'http:') === isOwnHost(hostname ?? '')) return [];
    const message = 'a native application returns by `http` to the machine itself, and elsewhere by `https`';
    return [{ path: ['redirectUris', index], message }];
  });
}

const certificateMethods: readonly unknown[] = ['tls_client_auth', 'self_signed_tls_client_auth'];

/** RFC 8705 section 2: one name of the certificate, or the certificate itself beside its key. */
function checkCertificate(client: LakeClient): LakeFault[] {
  const { tokenEndpointAuthMethod: method, tlsClientAuthSubjectDn: dn, tlsClientAuthSanDns: dns } = client;
  const at = (message: string): LakeFault[] => [{ path: ['tokenEndpointAuthMethod'], message }];
  const secret = client.clientSecret ?? client.clientSecretHash;
  if (certificateMethods.includes(method) && secret !== undefined) return at(`\`${method}\` goes without a secret`);
  if (method === 'tls_client_auth' && (dn === undefined) === (dns === undefined)) {
    return at('`tls_client_auth` needs one of `tlsClientAuthSubjectDn` and `tlsClientAuthSanDns`');
  }
  if (method !== 'self_signed_tls_client_auth' || client.jwksUri !== undefined) return [];
  const isShown = (client.jwks?.keys ?? []).some(({ x5c }) => Array.isArray(x5c) && x5c.length > 0);
  return isShown ? [] : at('`self_signed_tls_client_auth` needs `jwks` with the certificate in `x5c`, or `jwksUri`');
}

function checkKeySource({ tokenEndpointAuthMethod, jwks, jwksUri }: LakeClient): LakeFault[] {
  if (jwks !== undefined && jwksUri !== undefined) {
    return [{ path: ['jwksUri'], message: 'expected `jwks` or `jwksUri`, not both' }];
  }
  if (tokenEndpointAuthMethod !== 'private_key_jwt' || (jwks ?? jwksUri) !== undefined) return [];
  return [{ path: ['tokenEndpointAuthMethod'], message: '`private_key_jwt` needs `jwks` or `jwksUri`' }];
}

function checkAudiences({ audiences, defaultAudience }: LakeClient): LakeFault[] {
  if (audiences === undefined || defaultAudience === undefined || audiences.includes(defaultAudience)) return [];
  return [{ path: ['defaultAudience'], message: `\`${defaultAudience}\` is not among the client's \`audiences\`` }];
}

/** The table of wlcg-tokens section 6, left only for a recorded reason (W-LIFE-1). ID tokens live as long as the access token beside them. */
const accessTokens = { least: 900, most: 21_600 };
const refreshTokens = { least: 86_400, most: 400 * 86_400 };

function checkLifetimes(client: LakeClient): LakeFault[] {
  const justified = client.lifetimeJustification !== undefined;
  return [
    ...checkAudienceLifetimes(client),
    ...(justified ? [] : outside(['accessTokenLifetimeSeconds'], client.accessTokenLifetimeSeconds, accessTokens)),
    ...(justified ? [] : outside(['refreshTokenLifetimeSeconds'], client.refreshTokenLifetimeSeconds, refreshTokens)),
    ...(client.audienceLifetimes ?? []).flatMap(({ accessTokenLifetimeSeconds: seconds }, index) =>
      justified ? [] : outside(['audienceLifetimes', index, 'accessTokenLifetimeSeconds'], seconds, accessTokens),
    ),
  ];
}

function outside(
  path: LakeFault['path'],
  seconds: number | undefined,
  { least, most }: typeof accessTokens,
): LakeFault[] {
  if (seconds === undefined || (seconds >= least && seconds <= most)) return [];
  return [{ path, message: `${seconds} is not from ${least} to ${most}, and no \`lifetimeJustification\` is given` }];
}

/** Each audience once, and one that the client may ask for. */
function checkAudienceLifetimes({ audiences, audienceLifetimes = [] }: LakeClient): LakeFault[] {
  const names = audienceLifetimes.map(({ audience }) => audience);
  return names.flatMap((audience, index) => {
    const path = ['audienceLifetimes', index, 'audience'];
    if (names.indexOf(audience) !== index) return [{ path, message: `\`${audience}\` is named twice, expected once` }];
    if (audiences === undefined || audiences.includes(audience)) return [];
    return [{ path, message: `\`${audience}\` is not among the client's \`audiences\`` }];
  });
}

/** A-ENT-1: without a namespace there is nothing to write. */
function checkProfile({ tokenProfile, scopes = [] }: LakeClient, known: Pick<KnownNames, 'entitlements'>): LakeFault[] {
  if (known.entitlements) return [];
  const message = 'the token profile `aarc` needs `entitlements.namespace` of the lake file';
  if (tokenProfile === 'aarc') return [{ path: ['tokenProfile'], message }];
  const index = scopes.indexOf('aarc');
  return index === -1 ? [] : [{ path: ['scopes', index], message }];
}
