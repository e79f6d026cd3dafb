/** Sentences of registration of people, and acceptable use. */

export const enrolmentTexts = {
  enrolment: {},
};

/** What a page says once, after a form. */
export const enrolmentSaid = {};
