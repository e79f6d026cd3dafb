/** Sends what the outbox holds: at least once, with growing pauses after failures, and gives up after days (RFC 5321 section 4.5.4.1). */
import { findRetryDelay } from '../events/backoff.ts';
import type { Clock } from '../shared/clock.ts';
import type { MailText } from './mail-text.ts';
import type { MailClaim, MailQueue } from './outbox.ts';
import { type RenderedMail, renderMail } from './render.ts';
import { mailTexts } from './texts.ts';

/** A mail that a process took on and never settled, because it was killed, is anybody's after this time; longer than any attempt. */
const leaseMilliseconds = 5 * 60_000;

const day = 86_400_000;

/** After so many days a mail is given up. */
export const giveUpDays = 4;

export interface OutgoingMail extends RenderedMail {
  readonly to: string;
  /** The same at every attempt, so that a mail that arrives twice is known to be one. */
  readonly id: string;
}

/** What became of an attempt: the mail server has it, or why not; `final`: it will never take it. */
export type SendOutcome =
  | { readonly sent: true }
  | { readonly sent: false; readonly error: string; readonly final: boolean };

export interface MailTransport {
  send(mail: OutgoingMail): Promise<SendOutcome>;
  close(): void;
}

export interface DeliveryDeps {
  readonly queue: MailQueue;
  readonly transport: MailTransport;
  readonly issuer: string;
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
  readonly onFailure: (claim: MailClaim, error: string) => void;
}

/** One mail after the other, until none is due or the mail server is away. */
export async function deliverMails(deps: DeliveryDeps, stopping: AbortSignal): Promise<void> {
  const { queue, transport, clock } = deps;
  while (!stopping.aborted) {
    const now = clock.now();
    const claim = await queue.claim(now, now + leaseMilliseconds);
    if (claim === undefined) return;
    const mail = compose(claim, deps.issuer);
    const outcome: SendOutcome =
      mail === undefined
        ? { sent: false, error: `no text for mails of the kind \`${claim.kind}\``, final: true }
        : await transport.send(mail);
    await settle(deps, claim, outcome);
    if (!outcome.sent && !outcome.final) return;
  }
}

async function settle({ queue, clock, random, onFailure }: DeliveryDeps, claim: MailClaim, outcome: SendOutcome) {
  const now = clock.now();
  if (outcome.sent) return queue.settle(claim, 'sent', null, now);
  onFailure(claim, outcome.error);
  if (outcome.final || now - claim.createdAt >= giveUpDays * day) {
    return queue.settle(claim, 'failed', outcome.error, now);
  }
  return queue.postpone(claim, outcome.error, now + findRetryDelay(claim.attempts, random()));
}

/** Undefined for a kind that this version does not know: another version wrote it. */
function compose({ id, recipient, kind, data }: MailClaim, issuer: string): OutgoingMail | undefined {
  if (!Object.hasOwn(mailTexts, kind)) return undefined;
  // The data were made for this kind (storage/outbox.ts).
  const write = mailTexts[kind as keyof typeof mailTexts] as (data: unknown) => MailText;
  return { to: recipient, id, ...renderMail(write(data), { url: issuer }) };
}
