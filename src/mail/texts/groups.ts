/** Mails about memberships, requests for them, and invitations. */
import type { MailText } from '../mail-text.ts';

interface About {
  readonly name: string;
  readonly group: string;
  readonly product: string;
}

export const groupMails = {
  'group.invitation': ({ group, product, url }: { group: string; product: string; url: string }): MailText => ({
    subject: `Invitation to ${group} at ${product}`,
    paragraphs: [
      `You are invited to the group ${group} at ${product}. If you have no account there yet, you can ask for one.`,
    ],
    action: { label: 'See the invitation', url },
  }),
  'group.request': ({
    name,
    group,
    product,
    who,
    note,
    url,
  }: About & { who: string; note: string; url: string }): MailText => ({
    subject: `${who} asks for ${group} at ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `${who} asks to be a member of ${group}.`,
      ...(note === '' ? [] : [`The note: ${note}`]),
    ],
    action: { label: 'Decide', url },
  }),
  'group.approved': ({ name, group, product, reason }: About & { reason: string }): MailText => ({
    subject: `You are a member of ${group} at ${product}`,
    paragraphs: [`Dear ${name},`, `your request for ${group} was approved.`, ...(reason === '' ? [] : [reason])],
  }),
  'group.refused': ({ name, group, product, reason }: About & { reason: string }): MailText => ({
    subject: `Your request for ${group} at ${product} was refused`,
    paragraphs: [
      `Dear ${name},`,
      `your request for ${group} was refused.`,
      ...(reason === '' ? [] : [`The reason: ${reason}`]),
    ],
  }),
  'group.ending': ({ name, group, product, endsAt, url }: About & { endsAt: string; url: string }): MailText => ({
    subject: `Your membership of ${group} at ${product} ends on ${endsAt}`,
    paragraphs: [
      `Dear ${name},`,
      `your membership of ${group} ends on ${endsAt}. If you still need it, ask for its renewal.`,
    ],
    action: { label: 'My groups', url },
  }),
};
