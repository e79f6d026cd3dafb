/** Sentences of passwords, passkeys, one-time codes. */
import { leastPassword, mostPassword, type PasswordFault } from '../../../authentication/password-rules.ts';
import { waitText } from './wait.ts';

const passwordFaults: Record<PasswordFault, string> = {
  short: `The password is too short: it takes ${leastPassword} characters or more.`,
  long: `The password is too long: it takes ${mostPassword} characters at most.`,
  character: 'The password has a character that cannot be kept.',
  guessable:
    'The password is easy to guess: it is known from leaks, or made of common words, rows of keys or dates. Several words that nobody else would put together are better.',
  personal: 'The password is mostly made of your name, your address or the name of this service.',
};

export const authenticationTexts = {
  authentication: {
    title: 'Sign-in and security',
    name: 'Name',
    kind: 'Kind',
    added: 'Added',
    lastUsed: 'Last used',
    action: 'Action',
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name}`,

    password: 'Password',
    passwordFaults,
    passwordHint: `${leastPassword} characters or more, of any kind. Several words that nobody else would put together are best.`,
    passwordSet: 'You can sign in with a password.',
    passwordNone: 'You have no password here: you sign in in other ways.',
    passwordChange: 'Change the password',
    passwordMake: 'Set a password',
    passwordEnds:
      'A new password signs you out everywhere else, and services that had lasting access have to ask you again.',
    passwordCurrent: 'Present password',
    passwordNew: 'New password',
    passwordAgain: 'New password again',
    passwordSave: 'Save the password',
    passwordWrong: 'The present password is not right.',
    passwordDiffers: 'The two new passwords are not the same.',

    passkeys: 'Passkeys',
    passkeysNone: 'You have none.',
    passkeyWhat:
      'A passkey is kept by your phone, computer or security key, and used with a finger, face or PIN. It cannot be guessed or given to a false page.',
    passkeyAdd: 'Add a passkey',
    passkeyName: 'Name of the passkey',
    passkeyNameHint: 'For you to recognise it, such as “phone” or “blue key”.',
    passkeyMake: 'Make the passkey',
    passkeyUse: 'Use a passkey',
    passkeySignIn: 'Sign in with a passkey',
    passkeyLead: 'Your device shows the accounts that it knows here. You need no username and no password.',
    passkeySynced: 'copied between your devices',
    passkeyBound: 'on one device',
    passkeyFailed: 'The device gave no passkey. Please try again, or choose another way.',
    passkeyPresent: 'This device has a passkey for your account already.',
    passkeyUnsupported: 'This browser cannot use passkeys. Please choose another way.',
    passkeyNeedsScript: 'Passkeys need JavaScript, which is switched off. Please choose another way.',
    passkeyRefused: 'This passkey is not known here, or the page was open for too long. Please try again.',
    passkeyNotAdded: 'The passkey could not be added. Please try again.',
    passkeyTaken: 'This passkey is in use already.',
    passkeyTooMany: 'You have as many passkeys as an account may have. Remove one first.',
    otherWays: 'Other ways to sign in',

    codes: 'One-time codes',
    codeWhat: 'An app on your phone shows a new code of six digits every half minute.',
    codesNone: 'They are not set up.',
    codesSetUp: 'Set up one-time codes',
    codesAnew: 'Set them up anew, for another device',
    codesRemove: 'Remove one-time codes',
    codesSince: 'Set up',
    codeScan: 'Scan this picture with an authenticator app.',
    codePicture: 'QR code for an authenticator app',
    codeType: 'Or type this key into the app:',
    codeField: 'Code that the app shows',
    codeConfirm: 'Confirm the code',
    codeWrong: 'The code is not right. Codes change every half minute, and each one counts once.',
    codeExpired: 'The page was open for too long. Please scan the new picture.',

    recovery: 'Recovery codes',
    recoveryTitle: 'Your recovery codes',
    recoveryLead:
      'Keep these codes where you find them without your device, such as on paper. Each one signs you in once in the place of the second factor. They are not shown again.',
    recoveryKept: 'I have kept them',
    recoveryLeft: (left: number) => (left === 1 ? '1 code is left.' : `${left} codes are left.`),
    recoveryRenew: 'Make new recovery codes',

    secondTitle: 'Confirm that it is you',
    secondLead: (username: string) => `Signing in as ${username} takes a second step.`,
    withPasskey: 'With a passkey',
    withCode: 'With a code',
    secondField: 'One-time code or recovery code',
    secondHint: 'Six digits from your app, or one of your recovery codes.',
    secondSubmit: 'Confirm',
    secondLost: 'If you have lost all of these, ask the administrators: they can remove your second factor.',
    secondRestart: 'Sign in as somebody else',
    secondDelayed: (seconds: number) =>
      `There were too many codes that were not right. Please wait ${waitText(seconds)} and try again.`,
    setupTitle: 'Set up a second step',
    setupLead: 'This sign-in takes more than a password. Choose how you will confirm that it is you, from now on.',
    setupPasskey: 'With a passkey',
    setupCode: 'With an app that shows codes',

    logins: 'Recent sign-ins',
    loginsHint: 'If one of these was not you, change the password and tell the administrators.',
    when: 'When',
    how: 'How',
    browser: 'Browser',
    address: 'Network address',
    unknown: 'not known',
    sessions: 'Where you are signed in now',
    methods: {
      pwd: 'password',
      otp: 'code',
      hwk: 'passkey',
      swk: 'passkey',
    } as Readonly<Record<string, string>>,
    through: (upstream: string) => `through ${upstream}`,
    lastWayIn: 'This is the last way to sign in to your account. Add another one first.',
    needed: 'Your account needs a second factor. Add another one before you remove this one.',
    againFresh: 'Please sign in again before you change how you sign in.',
  },
};

/** What a page says once, after a form. */
export const authenticationSaid = {
  'password-changed': 'The password was changed. You are signed out everywhere else.',
  'passkey-added': 'The passkey was added.',
  'passkey-removed': 'The passkey was removed.',
  'codes-added': 'One-time codes are set up.',
  'codes-removed': 'One-time codes were removed.',
};
