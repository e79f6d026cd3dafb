/** Mails about registration, forgotten passwords, and what has to be agreed to. */
import type { MailText } from '../mail-text.ts';

const ignore = 'If it was not you, there is nothing to do.';

export const enrolmentMails = {
  'enrolment.confirm': ({ name, product, url }: { name: string; product: string; url: string }): MailText => ({
    subject: `Confirm your mail address for ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `somebody, probably you, asked for an account at ${product} with this mail address. The link below is good for two days.`,
      ignore,
    ],
    action: { label: 'Confirm the address', url },
  }),
  'enrolment.known': ({ username, product, url }: { username: string; product: string; url: string }): MailText => ({
    subject: `You have an account at ${product}`,
    paragraphs: [
      `Somebody, probably you, asked for an account at ${product} with this mail address. It has one already: ${username}.`,
      `If you forgot your password, set a new one. ${ignore}`,
    ],
    action: { label: 'Set a new password', url },
  }),
  'enrolment.waiting': ({ product }: { product: string }): MailText => ({
    subject: `Your registration at ${product} waits for a decision`,
    paragraphs: [
      `An account at ${product} was asked for with this mail address before, and nobody has decided yet. You get a mail when somebody has.`,
    ],
  }),
  'enrolment.received': ({ name, product }: { name: string; product: string }): MailText => ({
    subject: `Your registration at ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `your registration at ${product} has arrived. You get a mail when somebody has decided.`,
    ],
  }),
  'enrolment.pending': ({
    name,
    groups,
    product,
    url,
  }: {
    name: string;
    groups: string;
    product: string;
    url: string;
  }): MailText => ({
    subject: `Registration at ${product}: ${name}`,
    paragraphs: [
      `${name} asks for an account at ${product}${groups === '' ? '' : `, in ${groups}`}. Accept it or refuse it; of several who are asked one decides.`,
    ],
    action: { label: 'Look at it', url },
  }),
  'enrolment.accepted': ({
    name,
    username,
    product,
    url,
    setPassword,
  }: {
    name: string;
    username: string;
    product: string;
    url: string;
    setPassword: boolean;
  }): MailText => ({
    subject: `Welcome to ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `your account at ${product} is there. Your username is ${username}.`,
      setPassword
        ? 'Set a password with the link below, which is good for seven days; after that, ask for a new one on the page for forgotten passwords.'
        : 'Sign in in the same way as when you registered.',
    ],
    action: { label: setPassword ? 'Set a password' : 'Sign in', url },
  }),
  'enrolment.refused': ({ name, product, reason }: { name: string; product: string; reason: string }): MailText => ({
    subject: `Your registration at ${product} was refused`,
    paragraphs: [`Dear ${name},`, `your registration at ${product} was refused, for this reason:`, reason],
  }),
  'password.reset': ({
    name,
    username,
    product,
    url,
  }: {
    name: string;
    username: string;
    product: string;
    url: string;
  }): MailText => ({
    subject: `Set a new password for ${product}`,
    paragraphs: [
      `Dear ${name},`,
      `somebody, probably you, asked to set a new password for the account ${username} at ${product}. The link below is good for one hour, once.`,
      `${ignore} Your password stays as it is.`,
    ],
    action: { label: 'Set a new password', url },
  }),
  'acceptable-use.ending': ({
    name,
    product,
    endsAt,
    url,
  }: {
    name: string;
    product: string;
    endsAt: string;
    url: string;
  }): MailText => ({
    subject: `Agree to the acceptable use policy of ${product} by ${endsAt}`,
    paragraphs: [
      `Dear ${name},`,
      `your agreement to the acceptable use policy of ${product} ends on ${endsAt}. After that, services get no new access for you until you agree again.`,
    ],
    action: { label: 'Read it and agree', url },
  }),
};
