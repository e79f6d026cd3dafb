/** Sentences of upstream providers and linked identities. */

export const federationTexts = {
  federation: {
    title: 'Sign in with your institution',
    last: 'used last',
    search: 'Find your institution',
    none: 'No institution of this name is known here.',
    more: 'There are more: enter a part of the name.',
    local: 'Or with a password of this server',
    refusedTitle: 'The sign-in did not succeed',
    refusedHint: 'Nothing was changed. If it happens again, tell the administrators what this page says.',
    tryAgain: 'Back to the sign-in',
  },
  identities: {
    title: 'Linked identities',
    lead: 'With each of these you sign in to this account.',
    provider: 'Provider',
    subject: 'Known there as',
    linked: 'Linked',
    used: 'Last used',
    none: 'No identity is linked. You sign in with a password or a passkey.',
    unlink: 'Unlink',
    unlinkName: (provider: string) => `Unlink ${provider}`,
    link: 'Link another identity',
    linkHint: 'You are sent to the provider, sign in there, and come back.',
    linkWith: (provider: string) => `Link ${provider}`,
    noProviders: 'This server has no providers to link.',
  },
  keys: {
    title: 'Certificates and keys',
    lead: 'Services that know you by a certificate or an SSH key learn these.',
    certificates: 'Certificates',
    noAuthorities: 'Certificates are added by the administrators here.',
    sshKeys: 'SSH keys',
    remove: 'Remove',
    removeName: (what: string) => `Remove ${what}`,
    addKey: 'Add an SSH key',
    addKeyHint: 'Paste the public key. On the next page you prove that you have the private one.',
    key: 'Public key',
    addCertificate: 'Add a certificate',
    addCertificateHint: 'Paste the certificate as PEM. On the next page you prove that you have its private key.',
    certificate: 'Certificate',
    next: 'Continue',
    proveTitle: 'Prove that it is yours',
    proveKey: 'Run this where the private key is, and paste what it prints:',
    proveCertificate: 'Run this where the private key of the certificate is, and paste what it prints:',
    /** What is signed, as the command shows it. */
    proofText: (kind: 'certificate' | 'ssh-key', username: string, issuer: string, challenge: string) =>
      `Add this ${kind === 'ssh-key' ? 'SSH key' : 'certificate'} to the account ${username} at ${issuer} (${challenge})`,
    signature: 'Signature',
    prove: 'Add',
    cancel: 'Cancel',
    proofGone: 'This proof is used up, too old or of another session: begin again.',
    proofWrong: 'The signature is not one of this key over this text.',
  },
};

/** What a page says once, after a form. */
export const federationSaid = {
  identityLinked: 'The identity is linked: you can sign in with it from now on.',
  identityUnlinked: 'The identity is not linked any more.',
  keyAdded: 'The key was added.',
  keyRemoved: 'The key was removed.',
  certificateAdded: 'The certificate was added.',
  certificateRemoved: 'The certificate was removed.',
};
