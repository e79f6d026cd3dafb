/** What enrolment needs of the database; each write is one transaction with its mails and its audit entry. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type {
  Enrolment,
  EnrolmentFilter,
  EnrolmentProof,
  EnrolmentSettings,
  NewEnrolment,
  OpenConfirmation,
} from './enrolment.ts';

/** Whose decisions are meant: null: everybody's; else who manages these groups and those below. */
export type Within = readonly string[] | null;

export interface EnrolmentStore {
  settings(): Promise<EnrolmentSettings>;
  /** What was asked, or a mail to an address that has an account already. The id of what waits for no confirmation; null: nothing does. */
  add(enrolment: NewEnrolment, settings: EnrolmentSettings, now: number): Promise<string | null>;
  findConfirmation(secret: string): Promise<OpenConfirmation | undefined>;
  /** The id of what is pending now; undefined: the link is not good. */
  confirm(secret: string, settings: EnrolmentSettings, now: number): Promise<string | undefined>;
  /** The newest one by this identity. */
  lastOf(identity: Pick<EnrolmentProof, 'issuer' | 'subject'>): Promise<Enrolment | undefined>;
  find(id: string, within: Within): Promise<Enrolment | undefined>;
  list(filter: EnrolmentFilter, within: Within, page: PageRequest): Promise<Page<Enrolment>>;
  countPending(within: Within): Promise<number>;
  /** Takes it on for an account of this id; undefined: it is not pending any more. */
  claim(id: string, accountId: string, by: ChangeContext | null, now: number): Promise<Enrolment | undefined>;
  /** Nothing came of the claim. */
  release(id: string): Promise<void>;
  /** Everything is there: the mail with what comes next, and the audit entry. */
  complete(enrolment: Enrolment, username: string, by: ChangeContext | null, now: number): Promise<Enrolment>;
  refuse(id: string, by: ChangeContext, now: number): Promise<Enrolment | undefined>;
  /** Accepted before this instant and not completed: the process that did it has ended. */
  findUnfinished(before: number): Promise<readonly Enrolment[]>;
}
