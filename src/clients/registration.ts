/** Dynamic client registration (RFC 7591) as the lake allows it: who may register, and what a registered client may have (W-SEC-2). */
import { deviceCodeGrant } from '../tokens/profile.ts';
import type { AuthMethod } from './client.ts';

/** `users`: who brings an access token of a logged-in user. */
export type RegistrationAllow = 'nobody' | 'users' | 'anyone';

/** `registration` of the lake file with its defaults filled in. */
export interface RegistrationSettings {
  readonly allow: RegistrationAllow;
  /** A registered client that nobody used for so many days is suspended. */
  readonly unusedDays: number;
  /** So many days before that its owners are told. */
  readonly noticeDays: number;
  /** So many days after that it is deleted. */
  readonly graceDays: number;
  /** The same for clients of administrators, which are suspended and never deleted; null: never. */
  readonly administeredUnusedDays: number | null;
}

export const defaultRegistration: RegistrationSettings = {
  allow: 'nobody',
  unusedDays: 90,
  noticeDays: 14,
  graceDays: 30,
  administeredUnusedDays: null,
};

/** All that a client may give itself; what opens storage, compute or optional groups, and what administers, an administrator allows. */
export const registrableScopes: readonly string[] = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'wlcg.groups',
  // Which claims its tokens have, as INDIGO lets clients choose; they open nothing.
  'wlcg',
  'aarc',
];

/** With a user present. Acting for itself and exchanging tokens of others are for clients that an administrator knows. */
export const registrableGrants: readonly string[] = ['authorization_code', 'refresh_token', deviceCodeGrant];

export const registrableAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const satisfies readonly AuthMethod[];

/** RFC 7591 section 3.2.2. The description never repeats what was sent but short names. */
export interface RegistrationRefusal {
  readonly error: 'invalid_redirect_uri' | 'invalid_client_metadata' | 'invalid_software_statement';
  readonly description: string;
}
