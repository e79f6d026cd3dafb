/** Mails about one's own account. */
import type { MailText } from '../mail-text.ts';

/** What the owner of an account is told of at once, as it may not have been the owner who did it. */
const securityChanges = {
  'password-changed': 'the password was changed',
  'passkey-added': 'a passkey was added',
  'passkey-removed': 'a passkey was removed',
  'one-time-code-added': 'one-time codes were set up',
  'one-time-code-removed': 'one-time codes were removed',
  'recovery-codes-renewed': 'new recovery codes were made, and the earlier ones count no longer',
  'factors-removed': 'an administrator removed every second factor',
  'identity-linked': 'an identity at another provider was linked, which signs in to it from now on',
  'identity-unlinked': 'an identity at another provider was unlinked',
  'certificate-added': 'a certificate was added',
  'certificate-removed': 'a certificate was removed',
  'ssh-key-added': 'an SSH key was added',
  'ssh-key-removed': 'an SSH key was removed',
} as const;

export type SecurityChange = keyof typeof securityChanges;

/** `account` is the username, as owners are told of their service accounts; `endsAt` a day. */
interface AccountEnd {
  readonly name: string;
  readonly account: string;
  readonly product: string;
  readonly endsAt: string;
}

export const accountMails = {
  'account.security': ({
    name,
    what,
    at,
    address,
  }: {
    name: string;
    what: SecurityChange;
    at: string;
    address: string | null;
  }): MailText => ({
    subject: `Sign-in to your account: ${securityChanges[what]}`,
    paragraphs: [
      `Dear ${name},`,
      `for your account ${securityChanges[what]}, on ${at}${address === null ? '' : ` from the network address ${address}`}.`,
      'If that was you, there is nothing to do. If it was not, sign in, look at “Sign-in and security”, and tell the administrators.',
    ],
  }),
  'account.ending': ({ name, account, product, endsAt }: AccountEnd): MailText => ({
    subject: `The account ${account} at ${product} ends on ${endsAt}`,
    paragraphs: [
      `Dear ${name},`,
      `the account ${account} at ${product} ends on ${endsAt}. Ask the administrators for a later end if it is still needed.`,
    ],
  }),
  'account.inactive': ({ name, account, product, endsAt }: AccountEnd): MailText => ({
    subject: `The account ${account} at ${product} is suspended on ${endsAt} unless it is used`,
    paragraphs: [
      `Dear ${name},`,
      `the account ${account} at ${product} was not used for a long time. It is suspended on ${endsAt}. Sign in before then to keep it.`,
    ],
  }),
  'account.ended': ({ name, account, product, endsAt }: AccountEnd): MailText => ({
    subject: `The account ${account} at ${product} has ended`,
    paragraphs: [
      `Dear ${name},`,
      `the account ${account} at ${product} ended on ${endsAt} and is suspended. Ask the administrators if it is still needed.`,
    ],
  }),
  'account.unused': ({ name, account, product }: AccountEnd): MailText => ({
    subject: `The account ${account} at ${product} is suspended`,
    paragraphs: [
      `Dear ${name},`,
      `the account ${account} at ${product} was not used for a long time and is suspended. Ask the administrators if it is still needed.`,
    ],
  }),

  'account.email-confirmation': (said: { name: string; product: string; hours: number; url: string }): MailText => ({
    subject: `Confirm your mail address at ${said.product}`,
    paragraphs: [
      `Dear ${said.name},`,
      `somebody, probably you, wants this to be the mail address of your account at ${said.product}. The link is good for ${said.hours} hours, and once.`,
    ],
    action: { label: 'Confirm the address', url: said.url },
  }),

  'account.email-changed': ({ name, product }: { name: string; product: string }): MailText => ({
    subject: `Your account at ${product} has another mail address`,
    paragraphs: [
      `Dear ${name},`,
      `your account at ${product} has a new mail address, and mails go there from now on. If you did not change it, tell its administrators at once.`,
    ],
  }),
};
