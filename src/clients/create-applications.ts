/** Applications of an account: seen by the account and by administrators, and revoked by either. */
import { type ChangeContext, isPeopleAdmin } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { Application, Applications } from './applications.ts';

export interface ApplicationStore {
  list(accountId: string, now: number): Promise<readonly Application[]>;
  /** In one transaction with its audit entry; false: there was nothing to take. */
  revoke(context: ChangeContext, accountId: string, clientId: string, now: number): Promise<boolean>;
}

export interface ApplicationDeps {
  readonly store: ApplicationStore;
  readonly clock: Clock;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

export function createApplications({ store, clock, logged }: ApplicationDeps): Applications {
  return {
    list: (accountId) => store.list(accountId, clock.now()),
    revoke: async (context, accountId, clientId): Promise<PeopleAnswer<null>> => {
      const { actor } = context;
      const isOwn = actor.kind === 'user' && actor.id === accountId && actor.mayWrite;
      if (!isOwn && !isPeopleAdmin(actor)) return refused('not-allowed', 'applications are revoked by their account');
      await logged();
      const isTaken = await store.revoke(context, accountId, clientId, clock.now());
      return isTaken ? ok(null) : refused('not-found', `the client \`${clientId.slice(0, 255)}\` holds nothing`);
    },
  };
}
