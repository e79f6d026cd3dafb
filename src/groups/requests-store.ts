/** What requests and invitations need of storage. */
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { MailKind, NewMail } from '../mail/texts.ts';
import type { GroupRequest, Invitation, NewInvitation, RequestFilter, RequestState } from './requests.ts';

/** Whom a mail goes to. */
export interface Addressee {
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
}

export interface NewRequest {
  readonly accountId: string;
  readonly groupId: string;
  readonly kind: GroupRequest['kind'];
  readonly note: string | null;
  /** As the audit log names who asks, and from where. */
  readonly by: string;
  readonly address: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Decision {
  readonly state: Exclude<RequestState, 'pending'>;
  readonly by: string;
  readonly address: string | null;
  readonly at: number;
  readonly answer: string | null;
}

export interface GroupRequestStore {
  /** Undefined: one waits already. */
  insert(request: NewRequest, mails: readonly NewMail<MailKind>[]): Promise<string | undefined>;
  find(id: string): Promise<GroupRequest | undefined>;
  /** `managed`: paths of groups; with everything at or below them. Null: all. */
  list(filter: RequestFilter, managed: readonly string[] | null, page: PageRequest): Promise<Page<GroupRequest>>;
  /** False: it was not pending any more. */
  decide(id: string, decision: Decision, mails: readonly NewMail<MailKind>[]): Promise<boolean>;
  countPending(managed: readonly string[] | null): Promise<number>;
  /** Of the group or the nearest one above it that has any, at most fifty. */
  managersFor(groupPath: string): Promise<readonly Addressee[]>;
  membership(accountId: string, groupId: string): Promise<{ readonly until: number | null } | undefined>;
}

/** An invitation as it is kept; `creatorId` null: no person made it. */
export interface StoredInvitation extends Invitation {
  readonly description: string | null;
  readonly creatorId: string | null;
}

/** For the audit log; `at` in milliseconds since the epoch. */
export interface InvitationWriter {
  readonly at: number;
  readonly actor: string;
  readonly address: string | null;
  readonly reason: string | null;
}

export interface InvitationStore {
  insert(
    invitation: NewInvitation & {
      readonly groupId: string;
      readonly createdBy: string;
      readonly creatorId: string | null;
    },
    by: InvitationWriter,
  ): Promise<string>;
  mail(mail: NewMail<MailKind>, now: number): Promise<void>;
  /** Undefined: revoked, used up or ended. */
  findOpen(id: string, now: number): Promise<StoredInvitation | undefined>;
  list(
    groupId: string | null,
    managed: readonly string[] | null,
    page: PageRequest,
    now: number,
  ): Promise<Page<Invitation>>;
  /** False: there is none that is open. */
  revoke(id: string, by: InvitationWriter): Promise<boolean>;
  /** Counts one use, if one is left. */
  use(id: string, now: number): Promise<boolean>;
}
