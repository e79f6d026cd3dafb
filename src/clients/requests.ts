/** Requests for more than a registration may give itself: asked by an owner, decided by administrators in whole, in part or not at all. */
import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { ClientGrants } from './grants.ts';

export type ClientRequestState = 'waiting' | 'approved' | 'refused' | 'withdrawn' | 'expired';

/** Times in milliseconds since the epoch. */
export interface ClientRequest {
  readonly id: string;
  readonly clientId: string;
  readonly clientName: string | null;
  /** Username of who asked; null: the account has gone. */
  readonly askedBy: string | null;
  readonly asked: ClientGrants;
  /** What it is for, in the words of who asked. */
  readonly note: string;
  readonly state: ClientRequestState;
  readonly createdAt: number;
  /** Undecided until then, it ends. */
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
  readonly approved: ClientGrants | null;
}

export interface ClientRequestFilter {
  readonly state?: ClientRequestState | undefined;
  readonly clientId?: string | undefined;
}

/** How long a request waits, in days. */
export const requestDays = 30;

export interface ClientRequests {
  /** Oldest first. Owners see those of one client of theirs, administrators and readers all. */
  listRequests(
    actor: PeopleActor,
    filter: ClientRequestFilter,
    page: PageRequest,
  ): Promise<PeopleAnswer<Page<ClientRequest>>>;
  getRequest(actor: PeopleActor, id: string): Promise<PeopleAnswer<ClientRequest>>;
  /** By an owner. */
  ask(
    context: ChangeContext,
    clientId: string,
    asked: ClientGrants,
    note: string,
  ): Promise<PeopleAnswer<ClientRequest>>;
  withdraw(context: ChangeContext, id: string): Promise<PeopleAnswer<ClientRequest>>;
  /** Grants what of `granted` was asked; absent: all. For administrators. */
  approve(context: ChangeContext, id: string, granted?: ClientGrants | undefined): Promise<PeopleAnswer<ClientRequest>>;
  /** Needs a reason, which the owners are told. For administrators. */
  refuse(context: ChangeContext, id: string): Promise<PeopleAnswer<ClientRequest>>;
  /** Waiting ones, for overviews of administrators. */
  countWaiting(): Promise<number>;
}
