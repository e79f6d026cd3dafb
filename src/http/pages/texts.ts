/** Every sentence that a user reads on a page, in one place: the views hold no words of their own. */
import type { CapKind, Reason } from '../../policy/decision.ts';
import { accountSaid, accountTexts } from './texts/account.ts';
import { adminSaid, adminTexts } from './texts/admin.ts';
import { adminAccountSaid, adminAccountTexts } from './texts/admin-accounts.ts';
import { authenticationSaid, authenticationTexts } from './texts/authentication.ts';
import { clientSaid, clientTexts } from './texts/client.ts';
import { embargoSaid, embargoTexts } from './texts/embargo.ts';
import { enrolmentSaid, enrolmentTexts } from './texts/enrolment.ts';
import { federationSaid, federationTexts } from './texts/federation.ts';
import { groupSaid, groupTexts } from './texts/group.ts';
import { knownAsSaid, knownAsTexts } from './texts/known-as.ts';
import { memberTexts } from './texts/member.ts';
import { serviceAccountSaid, serviceAccountTexts } from './texts/service-accounts.ts';
import { upstreamTexts } from './texts/upstreams.ts';
import { waitText } from './texts/wait.ts';

export const texts = {
  ...accountTexts,
  ...adminTexts,
  ...adminAccountTexts,
  ...authenticationTexts,
  ...clientTexts,
  ...embargoTexts,
  ...enrolmentTexts,
  ...federationTexts,
  ...groupTexts,
  ...knownAsTexts,
  ...memberTexts,
  ...serviceAccountTexts,
  ...upstreamTexts,
  said: {
    ...accountSaid,
    ...adminSaid,
    ...adminAccountSaid,
    ...authenticationSaid,
    ...clientSaid,
    ...embargoSaid,
    ...enrolmentSaid,
    ...federationSaid,
    ...groupSaid,
    ...knownAsSaid,
    ...serviceAccountSaid,
  },

  language: 'en',
  product: 'Sluice',
  errorTitle: (title: string) => `Error: ${title}`,
  footer: (host: string) => `Issuer for ${host}`,

  login: {
    title: 'Sign in',
    lead: (client: string) => `to continue to ${client}`,
    leadHere: 'with your account of this issuer',
    again: 'Please sign in again: the service asked for a fresh sign-in.',
    username: 'Username',
    password: 'Password',
    submit: 'Sign in',
    cancel: 'Cancel',
    rejected: 'The username or the password is not right. Please try again.',
    delayed: (seconds: number) =>
      `There were too many attempts that failed. Please wait ${waitText(seconds)} and try again. In a browser in which you signed in before there is no such wait.`,
    busy: 'Many people are signing in at this moment. Please try again in a few seconds.',
  },

  consent: {
    title: (client: string) => `${client} asks for access`,
    account: 'You are signed in as',
    audience: 'The access is for',
    anyAudience: 'every storage of the data lake',
    back: 'You will be sent back to',
    fixed: 'It will be able to',
    choices: 'It also asks to',
    choicesHint: 'Untick what you do not want to allow.',
    allOrNothing: 'This service works only when all of it is allowed.',
    until: 'It is good until',
    renewed: 'While the service keeps this access, it is renewed, each time by the rules of that day.',
    partsLead: (count: number) => (count === 1 ? 'Given for a part only:' : `Given for these ${count} parts:`),
    setLead: 'That is:',
    more: (count: number) => (count === 1 ? 'Show 1 more' : `Show ${count} more`),
    left: 'Left out:',
    rest: 'the rest of',
    notYours: 'The rest is not yours to allow, or not for this service.',
    contained: (scopes: string) => `Included in ${scopes}`,
    groups: (groups: string) => `It will see: ${groups}`,
    shortens: 'Without this, the access would last longer.',
    refused: 'Not possible now',
    refusedLater: 'If a reason ends while the service keeps its access, it gets these too, without asking again.',
    claims: (names: string) => `See these details of your account: ${names}`,
    allow: 'Allow',
    refuse: 'Refuse',
    blockedTitle: (client: string) => `${client} cannot get this access`,
    blockedLead: 'What it asks for cannot be given, so there is nothing to allow.',
    blockedBack: (client: string) => `Back to ${client}`,
  },

  device: {
    title: 'Connect a device',
    lead: 'Enter the code that your device or terminal shows.',
    code: 'Code',
    codeHint: 'Eight letters, for example WDJB-MJHT. Upper or lower case, with or without the dash.',
    submit: 'Continue',
    unknown: 'This code is not known, or it has expired. Compare it with the one on your device.',
    expired: 'This code has expired. Start again on your device to get a new one.',
    used: 'This code was used already. Start again on your device to get a new one.',
    missing: 'Enter the code that your device shows.',
    stale: 'This page was open for too long. Please enter the code again.',
    failed: 'The device could not be connected. Start again on your device.',
    confirmTitle: 'Is this your device?',
    confirmLead: (client: string) => `${client} wants to act for you on another device.`,
    confirmCode: 'The device must show this code',
    confirmAddress: 'The request came from',
    confirmAgent: 'It calls itself',
    unknownAddress: 'an unknown address',
    confirmWarning:
      'Continue only if you started this yourself and the codes are the same. If somebody sent you the code, refuse.',
    confirmYes: 'Yes, continue',
    confirmNo: 'No, refuse',
    refusedTitle: 'Request refused',
    refused: 'Nothing was given to the device. You can close this page.',
    successTitle: 'Device connected',
    success: (client: string) =>
      `${client} now has the access that you allowed. Return to your device; you can close this page.`,
  },

  logout: {
    title: 'Sign out?',
    lead: 'You are signed in here. Services that you use may keep their own sessions.',
    leadClient: (client: string) => `${client} asks to end your session here.`,
    yes: 'Yes, sign out',
    yesThere: (provider: string) => `Yes, and at ${provider} too`,
    no: 'Stay signed in',
    stayedTitle: 'You are still signed in',
    stayed: 'Nothing was ended. You can close this page.',
    stayedClient: (client: string) =>
      `Your session with ${client} has ended; the one here goes on. You can close this page.`,
    doneTitle: 'Signed out',
    done: 'Your session here has ended. You can close this page.',
    doneClient: (client: string) => `Your session with ${client} has ended. You can close this page.`,
  },

  continue: {
    title: 'One moment',
    lead: 'If the next page does not open by itself, continue here.',
    submit: 'Continue',
  },

  home: {
    title: 'Sluice',
    lead: 'This server issues tokens for a scientific data lake. Services send you here to sign in; storage systems then read the tokens without asking again.',
    issuer: 'Issuer',
    discovery: 'Configuration for services',
    keys: 'Public keys',
    device: 'Connect a device or a terminal',
    signIn: 'Sign in',
    signOut: 'Sign out',
    signedIn: 'You are signed in as',
    account: 'My account',
  },

  error: {
    details: 'Details for the service’s operator',
    code: 'Error',
    description: 'Description',
    request: 'Request',
    home: 'Go to the start page',
    expiredTitle: 'This page has expired',
    expired:
      'The sign-in was not finished in time, was finished already, or was started in another browser. Go back to the service and start again.',
    crossSiteTitle: 'This form did not come from here',
    crossSite:
      'The form was not sent by a page of this server, so nothing was done. Go back to the service and start again.',
    notFoundTitle: 'Page not found',
    notFound: 'There is no page at this address.',
    badRequestTitle: 'This request cannot be answered',
    badRequest:
      'Something is wrong with the request that brought you here. The service that sent you has to correct it.',
    deniedTitle: 'Access refused',
    denied: 'The request was refused. Nothing was given to the service.',
    tooLargeTitle: 'This request is too large',
    tooLarge: 'The form holds more than this server accepts.',
    busyTitle: 'Please try again',
    busy: 'This server is very busy at this moment. Please try again in a few seconds.',
    serverTitle: 'Something went wrong here',
    server: 'This server could not answer. The fault is not yours; please try again later.',
  },
} as const;

/** What the claims of the `claims` parameter are called on the consent page; the technical ones say nothing about a person. */
export const claimNames: Readonly<Record<string, string>> = {
  name: 'name',
  preferred_username: 'username',
  email: 'e-mail address',
  'wlcg.groups': 'groups',
  eduperson_assurance: 'how well your identity was checked',
};

/** What ends an access earlier than usual; null for the usual lifetime. INVARIANT: no embargo's title or parties, and none of its dates but the end of the access. */
export const capSentences: Readonly<Record<CapKind, (rule: string | null) => string | null>> = {
  lifetime: () => null,
  flow: () => 'The access of the service as a whole ends then.',
  grant: () => 'Your right to some of these data ends soon after.',
  admission: () => 'Your access to data under embargo ends soon after.',
  embargo: () => 'Some of these data come under embargo soon after.',
  'embargo-lifetime': () => 'Some of these data are under embargo: access to them is given for short times.',
  group: (group) => `Your membership of the group ${group} ends soon after.`,
};

/** Why a scope is not given, as a sentence. INVARIANT: no embargo's title, dates or parties (policy-semantics 4). */
export const reasonSentences: Readonly<Record<Reason, string>> = {
  malformed: 'It is not written in a form that storage systems read safely.',
  'too-many': 'The service asks for more than fits into one token.',
  'outside-storage': 'The storage that it is for has no such path.',
  'audiences-differ': 'The storages that it is for do not agree on what this path means.',
  'client-scope': 'This service is not registered for it.',
  ceiling: 'It goes beyond what was allowed at first.',
  'no-grant': 'You do not have this right.',
  partial: 'You have this right for a part of it only.',
  'audience-required': 'The service has to say for which storage it asks.',
  embargoed: 'These data are under embargo.',
  'embargoed-part': 'A part of these data is under embargo.',
  consent: 'You did not allow it.',
  'all-or-nothing': 'The service takes all or nothing, and something else cannot be given.',
  'embargo-group': 'This group cannot be named together with storage access.',
  'not-member': 'You are not a member of this group.',
};
