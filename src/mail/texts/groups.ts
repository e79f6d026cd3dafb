/** Mails about memberships, requests for them, and invitations. */
import type { MailText } from '../mail-text.ts';

export const groupMails = {
  'group.invitation': ({ group, product, url }: { group: string; product: string; url: string }): MailText => ({
    subject: `Invitation to ${group} at ${product}`,
    paragraphs: [`You are invited to the group ${group} at ${product}.`],
    action: { label: 'Accept the invitation', url },
  }),
};
