/** Sentences of passwords, passkeys, one-time codes. */
import { leastPassword, mostPassword, type PasswordFault } from '../../../authentication/password-rules.ts';

const passwordFaults: Record<PasswordFault, string> = {
  short: `The password is too short: it takes ${leastPassword} characters or more.`,
  long: `The password is too long: it takes ${mostPassword} characters at most.`,
  character: 'The password has a character that cannot be kept.',
  guessable:
    'The password is easy to guess: it is known from leaks, or made of common words, rows of keys or dates. Several words that nobody else would put together are better.',
  personal: 'The password is mostly made of your name, your address or the name of this service.',
};

export const authenticationTexts = {
  authentication: {
    passwordFaults,
    passwordHint: `${leastPassword} characters or more, of any kind. Several words that nobody else would put together are best.`,
  },
};

/** What a page says once, after a form. */
export const authenticationSaid = {};
