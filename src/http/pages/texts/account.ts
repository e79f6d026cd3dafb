/** Sentences of my account: profile, sessions, applications, tokens, access. */

export const accountTexts = {
  account: {
    title: 'My account',
    username: 'Username',
    name: 'Name',
    email: 'Mail address',
    subject: 'Identifier in tokens',
    roles: 'Roles',
    none: 'none',
  },
};

/** What a page says once, after a form. */
export const accountSaid = {};
