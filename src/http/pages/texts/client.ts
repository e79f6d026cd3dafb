/** Sentences of clients: owners, secrets, scopes. */

export const clientTexts = {
  clients: {},
};

/** What a page says once, after a form. */
export const clientSaid = {};
