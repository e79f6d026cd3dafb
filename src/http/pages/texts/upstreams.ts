/** Sentences of the administrators' page of upstream providers. */

export const upstreamTexts = {
  upstreams: {
    title: 'Providers',
    lead: 'Where people sign in with the account of their institution, as the lake file declares it.',
    search: 'Name, title or issuer',
    show: 'Show',
    provider: 'Provider',
    state: 'Last state',
    logins: 'Linked identities',
    callback: 'Register there',
    none: 'No provider is declared like this.',
    hint: 'Nobody is asked now: this is how each answered when it was used last.',
    unused: 'not used yet',
    answered: (at: string) => `answered ${at}`,
    failed: 'failed',
    failure: (code: string, at: string) => `${code}, ${at}`,
    lastLogin: (at: string) => `last login ${at}`,
    noLogin: 'no login yet',
    trusted: 'trusted: who is new gets an account at once',
    withSecret: 'with a secret',
    withoutSecret: 'without a secret (public client)',
  },
};
