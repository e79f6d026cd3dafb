/** Every mail that is sent, by kind: what it says, made of its data. One file per area; the rendering is elsewhere. */
import { accountMails } from './texts/accounts.ts';
import { clientMails } from './texts/clients.ts';
import { enrolmentMails } from './texts/enrolment.ts';
import { groupMails } from './texts/groups.ts';

export const mailTexts = { ...accountMails, ...clientMails, ...enrolmentMails, ...groupMails };

export type MailKind = keyof typeof mailTexts;

/** The data that a kind of mail is made of. */
export type MailData<K extends MailKind> = Parameters<(typeof mailTexts)[K]>[0];

export interface NewMail<K extends MailKind = MailKind> {
  readonly kind: K;
  readonly recipient: string;
  /** Whom it is for; null: nobody who has an account yet. */
  readonly accountId: string | null;
  readonly data: MailData<K>;
}
