/** The profiles of tokens and the constants of the WLCG one, written once (wlcg-tokens.md sections 1 and 5). */

/** What the claims of a client's access tokens look like (wlcg-tokens.md sections 1, 10 and 11). */
export type TokenProfile = 'wlcg' | 'rfc9068' | 'aarc' | 'scitokens';

/** W-CLM-8, I-VER: deployed verifiers accept this version only. */
export const wlcgVersion = '1.0';

/** RFC 8628. */
export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** W-CLM-5: `nbf` precedes `iat` by this many seconds, as some verifiers allow no clock skew. */
export const notBeforeBackdateSeconds = 60;

/** W-ISS-4: an access token above this serialised size (bytes) is not issued; header limits of servers. */
export const maxTokenBytes = 8192;

/** The same for tokens with storage scopes (policy-semantics 2.2). */
export const maxStorageTokenBytes = 6144;

/** REFEDS single-factor authentication, the `acr` of a password login (W-CLM-11). */
export const singleFactorAcr = 'https://refeds.org/profile/sfa';

/** REFEDS multi-factor authentication. */
export const multiFactorAcr = 'https://refeds.org/profile/mfa';
