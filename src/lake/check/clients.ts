/** Clients: how they prove who they are, where logins return to, what they may ask for. */
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
    ...checkAuthentication(client),
    ...(dropped.has('jwks') || dropped.has('jwksUri') ? [] : checkKeySource(client)),
    ...checkAudiences(client),
    ...checkLifetimes(client),
    ...checkProfile(client, known),
    ...checkMemberships([], client.groups, known),
    ...(client.owners ?? []).flatMap((owner, index) =>
      known.usernames.has(owner) ? [] : [{ path: ['owners', index], message: `account \`${owner}\` not known` }],
    ),
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

/** The table of wlcg-tokens section 6, left only for a recorded reason (W-LIFE-1). */
const lifetimes = [
  { field: 'accessTokenLifetimeSeconds', least: 900, most: 21_600 },
  { field: 'refreshTokenLifetimeSeconds', least: 86_400, most: 400 * 86_400 },
] as const;

function checkLifetimes(client: LakeClient): LakeFault[] {
  if (client.lifetimeJustification !== undefined) return [];
  return lifetimes.flatMap(({ field, least, most }) => {
    const seconds = client[field];
    if (seconds === undefined || (seconds >= least && seconds <= most)) return [];
    return [
      {
        path: [field],
        message: `${seconds} is not from ${least} to ${most}, and no \`lifetimeJustification\` is given`,
      },
    ];
  });
}

/** A-ENT-1: without a namespace there is nothing to write. */
function checkProfile({ tokenProfile, scopes = [] }: LakeClient, known: KnownNames): LakeFault[] {
  if (known.entitlements) return [];
  const message = 'the token profile `aarc` needs `entitlements.namespace` of the lake file';
  if (tokenProfile === 'aarc') return [{ path: ['tokenProfile'], message }];
  const index = scopes.indexOf('aarc');
  return index === -1 ? [] : [{ path: ['scopes', index], message }];
}
