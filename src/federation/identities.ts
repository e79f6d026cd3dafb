/** With which subjects at upstream providers an account logs in: linking, unlinking, and never taking over another's. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Milliseconds since the epoch. */
  readonly linkedAt: number;
  readonly lastUsedAt: number | null;
  /** A lake file names it. */
  readonly declared: boolean;
}

export interface Certificate {
  /** RFC 4514. */
  readonly subject: string;
  /** Empty: any authority. */
  readonly issuer: string;
  readonly label: string | null;
  readonly pem: string | null;
  readonly addedAt: number;
  /** A lake file names it. */
  readonly declared: boolean;
}

export interface SshKey {
  /** `SHA256:…`. */
  readonly fingerprint: string;
  readonly name: string | null;
  /** Type and base64. */
  readonly key: string;
  readonly addedAt: number;
  /** A lake file names it. */
  readonly declared: boolean;
}

export type NewIdentity = Pick<Identity, 'issuer' | 'subject'>;
export type NewCertificate = Omit<Certificate, 'addedAt' | 'declared'>;
export type NewSshKey = Omit<SshKey, 'addedAt' | 'declared'>;

/** Everything by which an account is known elsewhere. */
export interface KnownAs {
  readonly identities: readonly Identity[];
  readonly certificates: readonly Certificate[];
  readonly sshKeys: readonly SshKey[];
}

export interface Identities {
  /** The account that logs in with it. */
  find(identity: NewIdentity): Promise<string | undefined>;
  /** That it was used now. */
  noteUse(identity: NewIdentity): Promise<void>;
  of(accountId: string): Promise<KnownAs>;
  /** Of many accounts in one reading; who has none is absent. */
  ofAll(accountIds: readonly string[]): Promise<ReadonlyMap<string, KnownAs>>;
  /** `taken` when it is another account's; that one is not named. */
  link(context: ChangeContext, accountId: string, identity: NewIdentity): Promise<PeopleAnswer<null>>;
  /** `in-use` for the last way in. Whatever waits to be linked by this account is dropped. */
  unlink(context: ChangeContext, accountId: string, identity: NewIdentity): Promise<PeopleAnswer<null>>;
  addCertificate(context: ChangeContext, accountId: string, certificate: NewCertificate): Promise<PeopleAnswer<null>>;
  removeCertificate(
    context: ChangeContext,
    accountId: string,
    certificate: Pick<Certificate, 'subject' | 'issuer'>,
  ): Promise<PeopleAnswer<null>>;
  addSshKey(context: ChangeContext, accountId: string, key: NewSshKey): Promise<PeopleAnswer<null>>;
  removeSshKey(context: ChangeContext, accountId: string, fingerprint: string): Promise<PeopleAnswer<null>>;
}
