/** Requests for memberships, and invitations to them: asked by members, decided by managers (issue: groups). */

import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { MembershipInterval } from './administration.ts';

export type RequestState = 'pending' | 'approved' | 'refused' | 'withdrawn' | 'expired';

/** Times in milliseconds since the epoch. */
export interface GroupRequest {
  readonly id: string;
  readonly accountId: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly groupId: string;
  readonly groupPath: string;
  /** `renewal` extends a membership that ends. */
  readonly kind: 'join' | 'renewal';
  readonly note: string | null;
  readonly state: RequestState;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  /** What the member is told. */
  readonly answer: string | null;
}

export interface RequestFilter {
  readonly state?: RequestState | undefined;
  readonly accountId?: string | undefined;
}

export interface GroupRequests {
  /** For oneself; `conflict` when one waits already, or when there is nothing to ask for. */
  ask(context: ChangeContext, groupId: string, note: string | null): Promise<PeopleAnswer<GroupRequest>>;
  /** One's own, and those for groups that the actor manages; administrators and readers see all. Newest first. */
  list(actor: PeopleActor, filter: RequestFilter, page: PageRequest): Promise<PeopleAnswer<Page<GroupRequest>>>;
  /** One that `list` shows. */
  get(actor: PeopleActor, id: string): Promise<PeopleAnswer<GroupRequest>>;
  /** Of two decisions at a time one counts; the other is `conflict`. */
  approve(context: ChangeContext, id: string, interval: MembershipInterval): Promise<PeopleAnswer<GroupRequest>>;
  /** The reason of the context is told to the member. */
  refuse(context: ChangeContext, id: string): Promise<PeopleAnswer<GroupRequest>>;
  /** By who asked. */
  withdraw(context: ChangeContext, id: string): Promise<PeopleAnswer<GroupRequest>>;
  /** How many wait for a decision of this actor. */
  countPending(actor: PeopleActor): Promise<number>;
}

export interface Invitation {
  readonly id: string;
  readonly groupId: string;
  readonly groupPath: string;
  /** To whom the link was sent; null: it was handed out. */
  readonly email: string | null;
  readonly uses: number;
  readonly used: number;
  readonly until: number | null;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface NewInvitation {
  readonly email: string | null;
  /** 1 to 10 000; 1 for a mail address. */
  readonly uses: number;
  /** End of the membership. */
  readonly until: number | null;
  /** End of the invitation. */
  readonly expiresAt: number;
}

/** What the page of a link says. */
export interface OpenInvitation {
  readonly groupPath: string;
  readonly description: string | null;
  readonly createdBy: string;
  readonly until: number | null;
}

export interface GroupInvitations {
  /** The secret of the link, shown once; with a mail address it goes there as well. */
  create(
    context: ChangeContext,
    groupId: string,
    invitation: NewInvitation,
  ): Promise<PeopleAnswer<{ readonly id: string; readonly secret: string }>>;
  /** Those that can still be accepted, of groups that the actor manages. */
  list(actor: PeopleActor, groupId: string | null, page: PageRequest): Promise<PeopleAnswer<Page<Invitation>>>;
  revoke(context: ChangeContext, id: string): Promise<PeopleAnswer<null>>;
  /** Undefined: used up, ended, revoked, or whoever made it may not any more. */
  find(secret: string): Promise<OpenInvitation | undefined>;
  /** Makes the signed-in account a member; answers with the path of the group. */
  accept(context: ChangeContext, secret: string): Promise<PeopleAnswer<string>>;
}
