/** Several writes to groups, and what else is written with them, as one. */
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { GroupAdministration } from './administration.ts';
import type { GroupRequestStore, InvitationStore } from './requests-store.ts';

/** What reads and writes within one transaction, in which nobody else writes to groups or rules. */
export interface GroupUnit {
  readonly groups: GroupAdministration;
  readonly requests: GroupRequestStore;
  readonly invitations: InvitationStore;
}

/** A refusal has written nothing. The work may run again when another writer was in its way. */
export type InGroupUnit = <T>(work: (unit: GroupUnit) => Promise<PeopleAnswer<T>>) => Promise<PeopleAnswer<T>>;
