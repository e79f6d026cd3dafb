/** How users and groups are read; implemented by storage, in a number of statements that does not grow with the page. */
import type { Located } from './attribute.ts';
import type { Condition } from './filter.ts';
import type { GroupRecord, MemberRecord, UserRecord } from './records.ts';

export interface Sort {
  readonly by: Located;
  readonly descending: boolean;
}

export interface ListQuery {
  readonly condition: Condition | null;
  /** Null: by creation, so that what is new comes last. */
  readonly sort: Sort | null;
  /** Most entries. */
  readonly count: number;
  /** After the entry of this key, or after so many entries. */
  readonly from: { readonly key: string } | { readonly skip: number };
}

export interface Listed<T> {
  readonly items: readonly T[];
  /** Key of the last item; null when nothing follows. */
  readonly next: string | null;
  /** All that meet the condition, from `from` on when that is a key. */
  readonly total: number;
}

export interface Directory {
  /** Whether the attribute can be sorted by. */
  canSort(resource: 'User' | 'Group', by: Located): boolean;
  /** Whether every attribute of the condition can be searched; else the name of one that cannot. */
  cannotFilter(resource: 'User' | 'Group', condition: Condition): string | undefined;
  /** Whether the text is a key that such a list gives. */
  isKey(resource: 'User' | 'Group', sort: Sort | null, key: string): boolean;
  listUsers(query: ListQuery): Promise<Listed<UserRecord>>;
  /** With members, fewer groups than asked for may come, so that an answer stays of a bearable size. */
  listGroups(query: ListQuery & { readonly members: boolean }): Promise<Listed<GroupRecord>>;
  findUser(id: string): Promise<UserRecord | undefined>;
  findGroup(id: string, options: { readonly members: boolean }): Promise<GroupRecord | undefined>;
  /** Those of the accounts that are members now. */
  membersAmong(groupId: string, accountIds: readonly string[]): Promise<ReadonlySet<string>>;
  listMembers(
    groupId: string,
    range: { readonly skip: number; readonly count: number },
  ): Promise<{
    readonly items: readonly MemberRecord[];
    readonly total: number;
  }>;
  /** Ids that are an account's. */
  existingUsers(ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Path of the group of the VO, below which all others are; null: there may be several trees. */
  rootGroup(): Promise<string | null>;
}

/** Remembers where the pages of a list began, so that a page after another begins behind it, whatever happened in between. */
export interface Walks {
  /** The earliest of the keys after which a page at this index was to begin; undefined when nobody asked for the page before. */
  find(walk: string, startIndex: number): Promise<readonly string[]>;
  remember(walk: string, startIndex: number, key: string): Promise<void>;
}
