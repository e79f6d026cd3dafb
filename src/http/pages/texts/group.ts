/** Sentences of groups, for members and managers. */

export const groupTexts = {
  groups: {},
};

/** What a page says once, after a form. */
export const groupSaid = {};
