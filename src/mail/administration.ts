/** What administrators may see of the outbox and do with it. */
import { type ChangeContext, isPeopleAdmin, type PeopleActor, seesEverybody } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { OutboxEntry } from './outbox.ts';

export interface OutboxFilter {
  readonly state?: OutboxEntry['state'] | undefined;
  /** Beginning of the recipient, any case. */
  readonly search?: string | undefined;
}

/** Events that a webhook has not taken yet. */
export interface WebhookBacklog {
  readonly name: string;
  readonly waiting: number;
}

export interface OutboxAdministration {
  /** False: mails wait, as no mail server is set. */
  readonly isSending: boolean;
  /** Newest first. */
  list(actor: PeopleActor, filter: OutboxFilter, page: PageRequest): Promise<PeopleAnswer<Page<OutboxEntry>>>;
  /** Tries a waiting mail now. */
  retry(context: ChangeContext, id: string): Promise<PeopleAnswer<OutboxEntry>>;
  giveUp(context: ChangeContext, id: string): Promise<PeopleAnswer<OutboxEntry>>;
  webhooks(actor: PeopleActor): Promise<readonly WebhookBacklog[]>;
}

export interface OutboxStore {
  list(filter: OutboxFilter, page: PageRequest): Promise<Page<OutboxEntry>>;
  find(id: string): Promise<OutboxEntry | undefined>;
  /** Of a waiting mail; undefined: it does not wait. With an audit entry. */
  retry(id: string, by: ChangeContext, now: number): Promise<OutboxEntry | undefined>;
  giveUp(id: string, by: ChangeContext, now: number): Promise<OutboxEntry | undefined>;
  webhooks(): Promise<readonly WebhookBacklog[]>;
}

export function createOutboxAdministration(store: OutboxStore, clock: Clock, isSending: boolean): OutboxAdministration {
  const change = async (context: ChangeContext, id: string, act: OutboxStore['retry']) => {
    if (!isPeopleAdmin(context.actor)) return refused('not-allowed', 'mails are for administrators');
    if ((await store.find(id)) === undefined) return refused('not-found', 'there is no such mail');
    const changed = await act(id, context, clock.now());
    return changed === undefined ? refused('conflict', 'the mail does not wait any more') : ok(changed);
  };
  return {
    isSending,
    list: async (actor, filter, page) =>
      seesEverybody(actor)
        ? ok(await store.list(filter, page))
        : refused('not-allowed', 'mails are for administrators and readers'),
    retry: (context, id) => change(context, id, store.retry),
    giveUp: (context, id) => change(context, id, store.giveUp),
    webhooks: async (actor) => (seesEverybody(actor) ? store.webhooks() : []),
  };
}
