/** What can be asked and changed of groups and memberships; a manager of a group acts on it and on everything below it, and sees nothing else. */

import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

/** A group; its id stays when its path changes. Times in milliseconds since the epoch. */
export interface Group {
  readonly id: string;
  /** `/vo/name`, WLCG profile section 4.1. */
  readonly path: string;
  readonly description: string | null;
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface GroupMember {
  readonly accountId: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  /** Null: since ever. */
  readonly from: number | null;
  /** Null: without end. */
  readonly until: number | null;
  readonly reason: string | null;
}

export interface MembershipInterval {
  readonly from: number | null;
  readonly until: number | null;
}

export interface MembershipChange {
  readonly groupId: string;
  readonly groupPath: string;
  readonly accountId: string;
  readonly change: 'added' | 'changed' | 'removed' | 'ended';
  readonly from: number | null;
  readonly until: number | null;
  readonly at: number;
  readonly actor: string;
  readonly reason: string | null;
}

/** Access tokens for embargoed paths that verifiers which work offline take until they end. */
export interface TokensOut {
  readonly count: number;
  /** Milliseconds since the epoch; null: none is out. */
  readonly latestExpiry: number | null;
}

/** What a move changes, told before it is made. */
export interface MovePreview {
  /** Old and new path of the group and of everything below it, at most a hundred. */
  readonly groups: readonly (readonly [from: string, to: string])[];
  readonly groupCount: number;
  /** Such as `grant members-read`, `embargo cta-p17`, `client portal`. */
  readonly rules: readonly string[];
}

export interface GroupFilter {
  /** Any part of the path or the description, any case. */
  readonly search?: string | undefined;
  /** Groups at or below this path. */
  readonly under?: string | undefined;
  /** Only groups directly below `under`, or the top ones. */
  readonly direct?: boolean | undefined;
}

export interface NewGroup {
  readonly path: string;
  readonly description?: string | null | undefined;
  readonly isDefault?: boolean | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

export type GroupChange = Partial<Omit<NewGroup, 'path'>>;

export interface GroupAdministration {
  /** By path. Everybody sees paths and descriptions (the directory); members only who may. */
  list(actor: PeopleActor, filter: GroupFilter, page: PageRequest): Promise<PeopleAnswer<Page<Group>>>;
  get(actor: PeopleActor, id: string): Promise<PeopleAnswer<Group>>;
  findByPath(actor: PeopleActor, path: string): Promise<PeopleAnswer<Group>>;
  create(context: ChangeContext, group: NewGroup): Promise<PeopleAnswer<Group>>;
  change(context: ChangeContext, id: string, change: GroupChange): Promise<PeopleAnswer<Group>>;
  /** Renames or moves it with everything below; grants, parties and other rules that name the paths follow in the same transaction. */
  move(context: ChangeContext, id: string, path: string): Promise<PeopleAnswer<Group>>;
  /** What `move` would change; refused as it would be. */
  previewMove(actor: PeopleActor, id: string, path: string): Promise<PeopleAnswer<MovePreview>>;
  /** Refused while it has groups below it, or rules name it. */
  remove(context: ChangeContext, id: string): Promise<PeopleAnswer<null>>;
  members(
    actor: PeopleActor,
    id: string,
    page: PageRequest & { readonly search?: string | undefined },
  ): Promise<PeopleAnswer<Page<GroupMember>>>;
  /** Adds or changes. */
  setMember(
    context: ChangeContext,
    id: string,
    accountId: string,
    interval: MembershipInterval,
  ): Promise<PeopleAnswer<GroupMember>>;
  /** Ends what was issued on it at once (policy-semantics 7), and tells what storages still take. */
  removeMember(context: ChangeContext, id: string, accountId: string): Promise<PeopleAnswer<TokensOut>>;
  /** All of it or nothing: some become members without an end, whatever was before, and others are members no more. */
  changeMembers(
    context: ChangeContext,
    id: string,
    changes: { readonly adding: readonly string[]; readonly removing: readonly string[] },
  ): Promise<PeopleAnswer<TokensOut>>;
  /** Usernames of those who manage this very group. */
  managers(actor: PeopleActor, id: string): Promise<PeopleAnswer<readonly string[]>>;
  setManagers(
    context: ChangeContext,
    id: string,
    usernames: readonly string[],
  ): Promise<PeopleAnswer<readonly string[]>>;
  /** Paths of the groups that the account manages itself; it manages what is below them too. */
  managedBy(accountId: string): Promise<readonly string[]>;
  /** Newest first. */
  history(actor: PeopleActor, id: string, page: PageRequest): Promise<PeopleAnswer<Page<MembershipChange>>>;
}
