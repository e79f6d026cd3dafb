/** The acceptable use policy: its versions, who agreed to which, and what may be asked and changed of both. */
import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

export interface PolicyVersion {
  readonly name: string;
  readonly title: string | null;
  /** Plain text; an empty line begins a paragraph. */
  readonly text: string;
  /** Where the whole document is. */
  readonly url: string | null;
  /** Milliseconds since the epoch; null: since ever. */
  readonly validFrom: number | null;
  /** When the next version begins; null: it is the last. */
  readonly validUntil: number | null;
  /** A signature lasts so many days; null: until the next version. */
  readonly validDays: number | null;
}

export interface NewPolicyVersion {
  readonly name: string;
  readonly title: string | null;
  readonly text: string;
  readonly url: string | null;
  /** Null only for the first version. */
  readonly validFrom: number | null;
  readonly validDays: number | null;
}

export interface Signature {
  readonly id: string;
  readonly accountId: string;
  readonly username: string;
  readonly version: string;
  readonly signedAt: number;
  /** Username of who signed; another one than the account's signed on its behalf. Null: gone. */
  readonly signedBy: string | null;
  /** Network address. */
  readonly address: string | null;
  /** Null: without end. */
  readonly endsAt: number | null;
}

/** Where an account stands. */
export interface AgreementStanding {
  /** In force now; null: nothing has to be agreed to. */
  readonly present: PolicyVersion | null;
  /** Known already, but not in force. */
  readonly coming: PolicyVersion | null;
  /** Until when the account has agreed; null: without bound; the past: it has not. */
  readonly agreedUntil: number | null;
  /** Newest first, at most 100. */
  readonly signatures: readonly Signature[];
}

export interface SignatureFilter {
  readonly version?: string | undefined;
  /** Username. */
  readonly username?: string | undefined;
}

export interface AcceptableUse {
  /** Newest first. */
  versions(): Promise<readonly PolicyVersion[]>;
  standingOf(accountId: string): Promise<AgreementStanding>;
  /**
   * Agrees to a version for an account: one's own, a service account that one owns, or, for administrators, any service account.
   * `digest` is of the text that was shown, so that nobody signs what has changed meanwhile; absent: what is there now.
   */
  sign(
    context: ChangeContext,
    accountId: string,
    version: string,
    digest?: string | undefined,
  ): Promise<PeopleAnswer<Signature>>;
  /** Administrators and readers; newest first. */
  signatures(actor: PeopleActor, filter: SignatureFilter, page: PageRequest): Promise<PeopleAnswer<Page<Signature>>>;
  publish(context: ChangeContext, version: NewPolicyVersion): Promise<PeopleAnswer<PolicyVersion>>;
  /** Refused once somebody signed it. */
  withdraw(context: ChangeContext, name: string): Promise<PeopleAnswer<null>>;
  /** Service accounts that the account owns, with what each stands at. */
  ownedBy(accountId: string): Promise<readonly OwnedAgreement[]>;
}

export interface OwnedAgreement {
  readonly accountId: string;
  readonly username: string;
  readonly agreedUntil: number | null;
}

export interface AcceptableUseStore {
  versions(): Promise<readonly PolicyVersion[]>;
  standingOf(accountId: string, now: number): Promise<AgreementStanding>;
  findAccount(accountId: string): Promise<SignedAccount | undefined>;
  /** With its audit entry. */
  sign(signature: NewSignature): Promise<Signature>;
  signatures(filter: SignatureFilter, page: PageRequest): Promise<Page<Signature>>;
  /** False: a version of this name or beginning is there. */
  publish(version: NewPolicyVersion, by: ChangeContext, now: number): Promise<boolean>;
  withdraw(name: string, by: ChangeContext, now: number): Promise<'withdrawn' | 'unknown' | 'signed' | 'last'>;
  ownedBy(accountId: string, now: number): Promise<readonly OwnedAgreement[]>;
}

export interface SignedAccount {
  readonly id: string;
  readonly username: string;
  readonly kind: 'person' | 'service';
  /** Ids of the owners of a service account. */
  readonly owners: readonly string[];
}

export interface NewSignature {
  readonly account: SignedAccount;
  readonly version: PolicyVersion;
  readonly by: ChangeContext;
  readonly now: number;
  readonly endsAt: number | null;
}
