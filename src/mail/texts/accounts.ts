/** Mails about one's own account. */
import type { MailText } from '../mail-text.ts';

export const accountMails = {
  'account.ending': ({ name, product, endsAt }: { name: string; product: string; endsAt: string }): MailText => ({
    subject: `Your account at ${product} ends on ${endsAt}`,
    paragraphs: [
      `Dear ${name},`,
      `your account at ${product} ends on ${endsAt}. Ask its administrators if you still need it.`,
    ],
  }),
};
