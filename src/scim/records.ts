/** What the directory reads of users and groups, before it becomes SCIM's JSON; times in milliseconds since the epoch. */
import type { Role } from '../accounts/account.ts';

export interface GroupReference {
  readonly id: string;
  /** With its leading slash. */
  readonly path: string;
}

export interface CertificateRecord {
  readonly label: string | null;
  readonly subjectDn: string;
  readonly issuerDn: string | null;
  readonly pem: string | null;
  readonly createdAt: number;
}

export interface SshKeyRecord {
  readonly label: string | null;
  readonly value: string;
  readonly fingerprint: string;
  readonly createdAt: number;
}

/** What an account logs in with or is known by elsewhere. */
export interface Identities {
  readonly certificates: readonly CertificateRecord[];
  readonly sshKeys: readonly SshKeyRecord[];
  readonly oidcIds: readonly { readonly issuer: string; readonly subject: string }[];
}

export interface UserRecord extends Identities {
  readonly id: string;
  readonly externalId: string | null;
  readonly username: string;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly affiliation: string | null;
  readonly kind: 'person' | 'service';
  readonly state: 'active' | 'suspended';
  readonly endsAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly roles: readonly Role[];
  /** Members now, in the order of tokens. */
  readonly groups: readonly GroupReference[];
  readonly managedGroups: readonly GroupReference[];
  readonly aupSignedAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface MemberRecord {
  readonly id: string;
  readonly username: string;
}

export interface GroupRecord {
  readonly id: string;
  readonly externalId: string | null;
  readonly path: string;
  readonly description: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly parent: GroupReference | null;
  /** Another one whenever the members of this moment are others. */
  readonly memberState: string;
  /** Null: they were not asked for. */
  readonly members: readonly MemberRecord[] | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}
