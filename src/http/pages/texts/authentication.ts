/** Sentences of passwords, passkeys, one-time codes. */

export const authenticationTexts = {
  authentication: {},
};

/** What a page says once, after a form. */
export const authenticationSaid = {};
