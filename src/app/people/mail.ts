/** Puts together the sending of mails: the queue, the mail server of the settings, and regular rounds. */
import type { Logger } from 'pino';
import type { Config } from '../../config/schema.ts';
import { repeat } from '../../events/repeat.ts';
import { createOutboxAdministration, type OutboxAdministration } from '../../mail/administration.ts';
import { deliverMails } from '../../mail/delivery.ts';
import { createSmtpTransport } from '../../mail/smtp.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createMailQueue } from '../../storage/outbox.ts';
import { createOutboxStore } from '../../storage/outbox-administration.ts';

/** How late a mail is sent, in milliseconds. */
const roundMilliseconds = 1000;

export interface MailWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

export interface MailWork {
  readonly purgeable: Purgeable;
  readonly outbox: OutboxAdministration;
  close(): Promise<void>;
}

export function startMailWork(config: Pick<Config, 'smtpUrl' | 'mailFrom' | 'issuer'>, deps: MailWorkDeps): MailWork {
  const { db, clock, log, onError } = deps;
  const queue = createMailQueue(db);
  const outbox = createOutboxAdministration(createOutboxStore(db), clock, config.smtpUrl !== null);
  if (config.smtpUrl === null) {
    const looks = repeat(createReminder(queue.countWaiting, log), 10 * roundMilliseconds, onError);
    return { purgeable: queue, outbox, close: () => looks.end() };
  }
  const transport = createSmtpTransport({ url: config.smtpUrl, from: config.mailFrom });
  const stopping = new AbortController();
  const delivery = {
    queue,
    transport,
    issuer: config.issuer,
    clock,
    random: Math.random,
    onFailure: ({ id, kind, attempts }: { id: string; kind: string; attempts: number }, error: string) =>
      log.warn({ mail: id, kind, attempts, error }, 'a mail was not taken'),
  };
  const rounds = repeat(() => deliverMails(delivery, stopping.signal), roundMilliseconds, onError);
  return {
    purgeable: queue,
    outbox,
    close: async () => {
      stopping.abort();
      await rounds.end();
      transport.close();
    },
  };
}

/** Says that mails wait whenever there are more than before; never what they say. */
function createReminder(countWaiting: () => Promise<number>, log: Logger) {
  let known = 0;
  return async () => {
    const waiting = await countWaiting();
    if (waiting > known) log.warn({ waiting }, 'mails wait in the outbox: SLUICE_SMTP_URL is not set');
    known = waiting;
  };
}
