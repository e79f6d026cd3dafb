/** What changed of accounts, groups and memberships, for scripts that keep a copy: each entry has what is there now, or null. */

import { err, ok, type Result } from '../shared/result.ts';
import type { PeopleActor } from './actor.ts';
import { seesEverybody } from './actor.ts';
import type { AccountDetails } from './administration.ts';
import { type PeopleAnswer, refused } from './refusal.ts';

/** Without what changes apart from the account: memberships have entries of their own. */
export type FeedAccount = Omit<AccountDetails, 'memberships' | 'owners' | 'lastLoginAt' | 'hasPassword'>;

export interface FeedGroup {
  readonly id: string;
  readonly path: string;
  readonly description: string | null;
  readonly isDefault: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

/** Milliseconds since the epoch; null: unbounded. */
export interface FeedMembership {
  readonly from: number | null;
  readonly until: number | null;
}

interface Entry {
  readonly change: 'created' | 'changed' | 'removed' | 'ended';
  readonly at: number;
}

/** `present` is null when it is gone, whatever the entry's change was. */
export type FeedEntry =
  | (Entry & { readonly kind: 'account'; readonly id: string; readonly present: FeedAccount | null })
  | (Entry & { readonly kind: 'group'; readonly id: string; readonly present: FeedGroup | null })
  | (Entry & {
      readonly kind: 'membership';
      readonly accountId: string;
      readonly groupId: string;
      readonly present: FeedMembership | null;
    });

export interface FeedPiece {
  readonly entries: readonly FeedEntry[];
  /** Where to go on; also when nothing came. */
  readonly cursor: string;
  /** Whether entries follow that could be had now. */
  readonly hasMore: boolean;
}

/** `malformed`: no cursor of this feed. `outdated`: removals after it are not kept any more. */
export type FeedFault = 'malformed' | 'outdated';

export interface ChangeRecords {
  /** After the cursor; null: from the beginning, everything that is there. */
  read(since: string | null, limit: number): Promise<Result<FeedPiece, FeedFault>>;
}

export interface ChangeFeed {
  read(
    actor: PeopleActor,
    page: { readonly since: string | null; readonly limit: number },
  ): Promise<PeopleAnswer<FeedPiece>>;
}

export function createChangeFeed(records: ChangeRecords): ChangeFeed {
  return {
    read: async (actor, { since, limit }) => {
      if (!seesEverybody(actor)) return refused('not-allowed', 'changes are read by administrators and readers');
      const piece = await records.read(since, limit);
      if (piece.ok) return ok(piece.value);
      return err(faults[piece.error]);
    },
  };
}

const faults = {
  malformed: { code: 'invalid', message: 'expected a cursor of this feed', field: 'since' },
  outdated: {
    code: 'conflict',
    message: 'the feed does not reach back to this cursor any more, expected a new copy: ask without `since`',
    field: 'since',
  },
} as const;
