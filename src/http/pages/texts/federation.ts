/** Sentences of upstream providers and linked identities. */

export const federationTexts = {
  federation: {},
};

/** What a page says once, after a form. */
export const federationSaid = {};
