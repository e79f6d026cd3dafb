/** Mails about clients to their owners and to administrators. */
import type { MailText } from '../mail-text.ts';

/** Whom it is for, and which client it is about. */
interface AboutClient {
  readonly name: string;
  readonly product: string;
  readonly client: string;
  readonly url: string;
}

const show = (label: string, url: string) => ({ label, url });

export const clientMails = {
  'client.invited': ({ name, product, client, url, invitedBy }: AboutClient & { invitedBy: string }): MailText => ({
    subject: `You are asked to own the client ${client} at ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `${invitedBy} asks you to become an owner of the client ${client} at ${product}.`,
      'If you accept, you can change it and its secret. If you do not know what it is, refuse.',
    ],
    action: show('Answer', url),
  }),
  'client.requested': ({
    name,
    product,
    client,
    url,
    askedBy,
    note,
  }: AboutClient & { askedBy: string; note: string }): MailText => ({
    subject: `${askedBy} asks for more for the client ${client} at ${product}`,
    paragraphs: [`Dear ${name},`, `${askedBy} asks for more for the client ${client}:`, note],
    action: show('Decide', url),
  }),
  'client.approved': ({ name, product, client, url, reason }: AboutClient & { reason: string | null }): MailText => ({
    subject: `The client ${client} at ${product} was granted more`,
    paragraphs: [
      `Dear ${name},`,
      `an administrator of ${product} granted what was asked for the client ${client}, or a part of it.`,
      ...(reason === null ? [] : [`They say: ${reason}`]),
    ],
    action: show('See what it may do now', url),
  }),
  'client.refused': ({ name, product, client, url, reason }: AboutClient & { reason: string | null }): MailText => ({
    subject: `What was asked for the client ${client} at ${product} was refused`,
    paragraphs: [
      `Dear ${name},`,
      `an administrator of ${product} refused what was asked for the client ${client}.`,
      ...(reason === null ? [] : [`They say: ${reason}`]),
    ],
    action: show('See the client', url),
  }),
  'client.request-expired': ({ name, product, client, url }: AboutClient): MailText => ({
    subject: `Nobody decided what was asked for the client ${client} at ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `what was asked for the client ${client} was not decided in time. Ask again if it is still needed.`,
    ],
    action: show('See the client', url),
  }),
  'client.unused': ({ name, product, client, url, suspendedOn }: AboutClient & { suspendedOn: string }): MailText => ({
    subject: `The client ${client} at ${product} is not used and will be suspended`,
    paragraphs: [
      `Dear ${name},`,
      `nobody used the client ${client} for a long time. It will be suspended on ${suspendedOn}.`,
      'Use it before that day if you still need it; otherwise you can delete it.',
    ],
    action: show('See the client', url),
  }),
  'client.suspended': ({
    name,
    product,
    client,
    url,
    deletedOn,
  }: AboutClient & { deletedOn: string | null }): MailText => ({
    subject: `The client ${client} at ${product} was suspended`,
    paragraphs: [
      `Dear ${name},`,
      `nobody used the client ${client} for a long time, so it was suspended: it gets no tokens.`,
      deletedOn === null
        ? 'You can restore it.'
        : `You can restore it until ${deletedOn}. On that day it will be deleted.`,
    ],
    action: show('Restore it', url),
  }),
};
