/** Sentences of the administrators' pages. */

export const adminTexts = {
  admin: {},
};

/** What a page says once, after a form. */
export const adminSaid = {};
