/** What is asserted about a login, per authentication event (A-ASS-1 to A-ASS-4). */

/** A local account with a password: unique and never reassigned, identity self-asserted (REFEDS Assurance Framework). */
export const localAccountAssurance: readonly string[] = [
  'https://refeds.org/assurance',
  'https://refeds.org/assurance/ID/unique',
  'https://refeds.org/assurance/IAP/low',
];
