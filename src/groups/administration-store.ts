/** What the administration of groups needs of storage. */

import type { ChangeContext } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type {
  Group,
  GroupChange,
  GroupFilter,
  GroupMember,
  MembershipChange,
  MembershipInterval,
  MovePreview,
  NewGroup,
  TokensOut,
} from './administration.ts';

/** Accounts that a write took out of a group, for what was issued on it. */
export interface Leaving {
  readonly groupPath: string;
  readonly accountIds: ReadonlySet<string>;
}

/** One write, within one transaction in which nobody else writes groups or rules. */
export interface GroupSession {
  find(id: string): Promise<Group | undefined>;
  findByPath(path: string): Promise<Group | undefined>;
  /** First segment of all paths; null: the lake names none. */
  vo(): Promise<string | null>;
  hasChildren(path: string): Promise<boolean>;
  /** Rules that name the group, such as `grant members-read`. */
  rulesNaming(path: string): Promise<readonly string[]>;
  insert(group: NewGroup): Promise<Group>;
  update(id: string, change: GroupChange): Promise<void>;
  /** Answers with those who were members. */
  remove(id: string): Promise<ReadonlySet<string>>;
  /**
   * When the last access token ends that may name the path for another group, which stood there before; in milliseconds since the
   * epoch. Null: none is out. `moving` is the group that is to stand there with those below it.
   */
  lastNaming(path: string, moving: string | null): Promise<number | null>;
  /** Renames the subtree and whatever names its paths. */
  move(from: string, to: string): Promise<MovePreview>;
  findMember(groupId: string, accountId: string): Promise<GroupMember | undefined>;
  /** Those of them that there are, and stay until the end of the write. */
  existingAccounts(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Answers with those who were no members before. */
  putMembers(
    groupId: string,
    accountIds: readonly string[],
    interval: MembershipInterval,
    reason: string | null,
  ): Promise<ReadonlySet<string>>;
  /** Answers with those who were members. */
  removeMembers(groupId: string, accountIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Notes for after the write whose tokens for embargoed paths are taken back. */
  noteLeaving(leaving: Leaving, now: number): Promise<void>;
  idsOf(usernames: readonly string[]): Promise<ReadonlyMap<string, string>>;
  managers(groupId: string): Promise<readonly string[]>;
  setManagers(groupId: string, accountIds: readonly string[]): Promise<void>;
  /** An entry for each detail. */
  audit(action: string, groupId: string, ...details: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
}

/** What a write changed: the answer, and the tokens for embargoed paths that are still out. */
export interface Written<T> {
  readonly value: T;
  readonly out: TokensOut;
}

export interface GroupRecords {
  vo(): Promise<string | null>;
  list(filter: GroupFilter, page: PageRequest): Promise<Page<Group>>;
  find(id: string): Promise<Group | undefined>;
  findByPath(path: string): Promise<Group | undefined>;
  members(id: string, page: PageRequest & { readonly search?: string | undefined }): Promise<Page<GroupMember>>;
  managers(id: string): Promise<readonly string[]>;
  managedBy(accountId: string): Promise<readonly string[]>;
  history(id: string, page: PageRequest): Promise<Page<MembershipChange>>;
  previewMove(from: string, to: string): Promise<MovePreview>;
  /** As in a session, at the instant. */
  lastNaming(path: string, moving: string | null, now: number): Promise<number | null>;
  /** `rules`: what all processes decide by changes; resolves when they do. A refusal has written nothing. */
  write<T>(
    context: ChangeContext,
    now: number,
    work: (session: GroupSession) => Promise<PeopleAnswer<T>>,
    options?: { readonly rules?: boolean },
  ): Promise<PeopleAnswer<Written<T>>>;
}
