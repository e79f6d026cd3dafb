/** How people get accounts: what they ask for, what may be done with it, and who may. */
import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

export interface EnrolmentField {
  /** A field of accounts (`name`, `givenName`, `familyName`, `affiliation`, `username`), or the name of a label. */
  readonly name: string;
  readonly title: string | null;
  readonly hint: string | null;
  readonly required: boolean;
}

/** As the lake file says, with its defaults. */
export interface EnrolmentSettings {
  readonly allow: 'nobody' | 'upstream' | 'anyone';
  readonly approval: 'none' | 'administrators' | 'managers';
  readonly confirmEmail: boolean;
  readonly fields: readonly EnrolmentField[];
  readonly note: 'required' | 'optional' | 'none';
  /** Paths of the groups that may be asked for. */
  readonly groups: readonly string[];
  readonly text: string | null;
}

/** What an upstream provider said of who asks; it cannot be changed in the form. */
export interface EnrolmentProof {
  /** Name of the upstream provider. */
  readonly upstream: string;
  readonly issuer: string;
  readonly subject: string;
  /** By the names of fields. */
  readonly values: Readonly<Record<string, string>>;
  readonly email: string | null;
  readonly emailVerified: boolean;
}

export interface NewEnrolment {
  readonly email: string;
  /** By the names of fields. */
  readonly values: Readonly<Record<string, string>>;
  readonly note: string | null;
  /** Paths. */
  readonly groups: readonly string[];
  readonly proof: EnrolmentProof | null;
  /** Path of the page that led here; null: none. */
  readonly returnTo: string | null;
  /** Network address. */
  readonly address: string | null;
}

export type EnrolmentState = 'unconfirmed' | 'pending' | 'accepted' | 'refused';

/** Times in milliseconds since the epoch. */
export interface Enrolment {
  readonly id: string;
  readonly state: EnrolmentState;
  readonly email: string;
  readonly values: Readonly<Record<string, string>>;
  readonly note: string | null;
  readonly groups: readonly { readonly id: string; readonly path: string }[];
  /** Null: by the form. */
  readonly proof: Pick<EnrolmentProof, 'upstream' | 'issuer' | 'subject'> | null;
  readonly returnTo: string | null;
  readonly createdAt: number;
  readonly confirmedAt: number | null;
  readonly decidedAt: number | null;
  /** Username; null: nobody had to. */
  readonly decidedBy: string | null;
  readonly reason: string | null;
  /** Of an acceptance. */
  readonly accountId: string | null;
}

export interface EnrolmentFilter {
  readonly state: Exclude<EnrolmentState, 'unconfirmed'>;
}

/** What who accepts may decide beside. */
export interface Acceptance {
  /** Absent: made of what was asked for. */
  readonly username?: string | undefined;
}

/** A link out of a mail, before it is used. */
export interface OpenConfirmation {
  readonly email: string;
}

export interface Enrolments {
  settings(): Promise<EnrolmentSettings>;
  /** Answers alike whether the address has an account or not: what comes next is in the mail that goes there. */
  ask(enrolment: NewEnrolment): Promise<PeopleAnswer<null>>;
  /** The newest one of who proved this identity, to be told to nobody else. */
  lastOf(identity: Pick<EnrolmentProof, 'issuer' | 'subject'>): Promise<Enrolment | undefined>;
  /** Undefined: the link was used, has ended, or is none. */
  findConfirmation(secret: string): Promise<OpenConfirmation | undefined>;
  confirm(secret: string): Promise<'pending' | 'accepted' | undefined>;
  /** Oldest first while pending, else newest first; a manager sees those for groups that it manages alone. */
  list(actor: PeopleActor, filter: EnrolmentFilter, page: PageRequest): Promise<PeopleAnswer<Page<Enrolment>>>;
  /** Makes the account; of two decisions at a time one counts. */
  accept(context: ChangeContext, id: string, acceptance: Acceptance): Promise<PeopleAnswer<Enrolment>>;
  /** The reason of the context is told to who asked. */
  refuse(context: ChangeContext, id: string): Promise<PeopleAnswer<Enrolment>>;
  /** How many wait for a decision of this actor. */
  countPending(actor: PeopleActor): Promise<number>;
  /** What the username will be if nobody says otherwise. */
  suggestedUsername(enrolment: Enrolment): string;
}
