/** The form of the tokens of a chain: a part that all share, and a secret that only the token before it and the database together make (W-REF-3). */
import { createHmac, randomBytes } from 'node:crypto';

/** The first token of a chain is its family; each later one is `<family>.<secret>`, both 256 bits as base64url. */
const successorForm = /^([^.]+)\.[A-Za-z0-9_-]{43}$/;

/** By this part a chain is found, whichever of its tokens comes; undefined for what no chain ever gave. */
export function familyOf(token: string): string | undefined {
  return token.includes('.') ? successorForm.exec(token)?.[1] : token;
}

/** Says nothing without the token that it is used with. */
export function makeNonce(): string {
  return randomBytes(32).toString('base64url');
}

/** The same one however often it is asked for, in whichever process. */
export function successorOf(token: string, nonce: string): string {
  const secret = createHmac('sha256', token).update(nonce).digest('base64url');
  return `${familyOf(token)}.${secret}`;
}
