/** What the configuration of another service is made of: the issuer, and what the lake says of storages, clients and groups. */
import type { RegisteredClient } from '../clients/client.ts';
import type { Group, PolicySettings, Storage } from '../policy/rule.ts';

export interface ServiceContext {
  /** With its final `/`, as in the tokens. */
  readonly issuer: string;
  readonly storages: readonly Storage[];
  readonly groups: readonly Group[];
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly settings: PolicySettings;
  /** Who may register clients dynamically. */
  readonly registration: 'nobody' | 'users' | 'anyone';
  /** Where the storage keeps what a scope calls `/`; null: the default of the service. */
  readonly basePath: string | null;
  /** Whether groups are to be mapped to local names. */
  readonly mapGroups: boolean;
}

/** Every service must take it in `aud` (W-AUD-3). */
export const anyAudience = 'https://wlcg.cern.ch/jwt/v1/any';

/** Stands where a secret belongs: the issuer keeps hashes only. */
export const secretPlaceholder = 'PUT-THE-CLIENT-SECRET-HERE';

/** A short name of the community for sections and aliases: the first segment of its first group. */
export function nicknameOf({ groups }: ServiceContext): string {
  return groups[0]?.path.split('/')[1] ?? 'sluice';
}

/** Everything that `aud` may be for the storage, without the wildcard. */
export function audiencesOf({ audience, aliases }: Storage): string[] {
  return [...new Set([audience, ...aliases])];
}

/** Host and port of an audience that is a URL, or the whole of one that is a plain host name. */
export function hostOf(audience: string): { readonly host: string; readonly port: string | null } {
  const url = /^\w+:\/\//.test(audience) && URL.canParse(audience) ? new URL(audience) : null;
  if (url === null) return { host: audience, port: null };
  // The URL forgets the port that is the default of its scheme.
  const [, port = url.port || null] = /^\w+:\/\/[^/]*:(\d+)/.exec(audience) ?? [];
  return { host: url.hostname, port };
}

/** Where a path of the storage lies below its base path. */
export function below(basePath: string, path: string): string {
  return `${basePath}/${path}`.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}

/** A local name for a group: `/escape/cta` is `escape_cta`. */
export function localNameOf(group: string): string {
  return group.slice(1).replaceAll(/[^\w-]/g, '_');
}
