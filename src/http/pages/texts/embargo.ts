/** Sentences of the embargo managers' pages. */

export const embargoTexts = {
  embargoes: {},
};

/** What a page says once, after a form. */
export const embargoSaid = {};
