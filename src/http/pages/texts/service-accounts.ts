/** Sentences of the pages for owners of service accounts. */

export const serviceAccountTexts = {
  services: {
    title: 'My service accounts',
    lead: 'Robots that you answer for.',
    none: 'You own no service account. Ask the administrators for one.',
    account: 'Account',
    policy: 'Acceptable use',
    agreed: 'agreed to',
    agreedUntil: (end: string) => `agreed to until ${end}`,
    notAgreed: 'not agreed to',
    agree: 'Read it and agree for the account',
    groups: 'Groups',
    clients: 'Clients that the account owns',
    client: 'Client',
    state: 'State',
    lastUsed: 'Last used',
    noClients: 'No client.',
    moreClients: 'There are more.',
    tokens: 'Issued lately',
    tokensHint: 'The newest ten of the last 30 days.',
    noTokens: 'Nothing was issued in the last 30 days.',
    keysTitle: (username: string) => `${username}: certificates and keys`,
    keysLead: 'Services that know the account by a certificate or an SSH key learn these.',
    keys: 'Certificates and keys',
    changeKeys: 'Add or remove certificates and keys',
    owners: 'Owners',
    ownersHint: 'Usernames, one on a line. All of them may do what you may. One has to stay.',
    saveOwners: 'Save the owners',
    back: 'Back to the list',
  },
};

/** What a page says once, after a form. */
export const serviceAccountSaid = {
  'service-owners-changed': 'The owners are changed.',
};
