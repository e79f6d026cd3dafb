/** Mails about registration, and about what has to be agreed to. */
import type { MailText } from '../mail-text.ts';

export const enrolmentMails = {
  'enrolment.confirm': ({ name, product, url }: { name: string; product: string; url: string }): MailText => ({
    subject: `Confirm your mail address for ${product}`,
    paragraphs: [`Dear ${name},`, `somebody, probably you, asked for an account at ${product} with this mail address.`],
    action: { label: 'Confirm the address', url },
  }),
};
