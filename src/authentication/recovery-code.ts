/** Recovery codes: for the day on which the device with the second factor is gone. Each counts once (NIST SP 800-63B, look-up secrets). */
import { hash, randomInt } from 'node:crypto';

export const recoveryCodeCount = 10;

/** Without letters and digits that look alike. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Twelve characters are 59 bits: guesses are slow, and a code is of no use without the password. */
const length = 12;

/** Such as `k7qm-3txd-a9fz`. */
export function newRecoveryCodes(): readonly string[] {
  const one = () => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: recoveryCodeCount }, one).map((code) =>
    [code.slice(0, 4), code.slice(4, 8), code.slice(8)].join('-'),
  );
}

/** Whether it has the form of one, however it is typed. */
export function isRecoveryCode(text: string): boolean {
  return /^[a-z0-9]{12}$/.test(normal(text));
}

/** What is kept; bound to the account, so that equal codes are not seen to be equal. */
export function recoveryCodeHash(accountId: string, code: string): string {
  return hash('sha256', `recovery\0${accountId}\0${normal(code)}`, 'base64url');
}

function normal(text: string): string {
  return text.toLowerCase().replaceAll(/[\s-]/g, '');
}
