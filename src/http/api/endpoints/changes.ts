/** The feed of changes over HTTP. */
import type { ChangeFeed, FeedEntry } from '../../../accounts/change-feed.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { ok } from '../../../shared/result.ts';
import { peopleActorOf } from '../actor.ts';
import type { changeContract, changesAnswer } from '../contract/changes.ts';
import { defaultLimit } from '../cursor.ts';
import type { HandlersOf, Shown } from '../declaration.ts';
import { peopleAnswered } from '../people-problem.ts';
import { feedAccountBody } from '../represent-people.ts';

export interface ChangeHandlerDeps {
  readonly people: { readonly changes: ChangeFeed };
}

export function changeHandlers({ people }: ChangeHandlerDeps): HandlersOf<typeof changeContract> {
  return {
    listChanges: async ({ caller, address, query }) => {
      const { since = null, limit = defaultLimit } = query;
      const piece = await peopleAnswered(people.changes.read(peopleActorOf(caller, address), { since, limit }));
      if (!piece.ok) return piece;
      const { entries, cursor, hasMore } = piece.value;
      return ok({ body: { items: entries.map(entryBody), since: cursor, more: hasMore } });
    },
  };
}

function entryBody(entry: FeedEntry): Shown<typeof changesAnswer>['items'][number] {
  const { change } = entry;
  const at = isoInstant(entry.at);
  if (entry.kind === 'account') {
    const { id, present } = entry;
    return { kind: 'account', change, at, id, present: present && feedAccountBody(present) };
  }
  if (entry.kind === 'group') {
    const { id, present } = entry;
    if (present === null) return { kind: 'group', change, at, id, present };
    const { path, description, isDefault, labels } = present;
    return { kind: 'group', change, at, id, present: { id, path, description, default: isDefault, labels } };
  }
  const { accountId: account, groupId: group, present } = entry;
  const interval = present && { from: isoInstant(present.from), until: isoInstant(present.until) };
  return { kind: 'membership', change, at, account, group, present: interval };
}
