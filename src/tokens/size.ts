/** How long a signed token will be, known before it is signed (policy-semantics 2.2, W-ISS-4). */
import { maxStorageTokenBytes, maxTokenBytes } from './profile.ts';

/** Characters of header, signature and the two dots with a key of RSA-2048 and a thumbprint as `kid`. */
export const ordinaryFrameCharacters = 106 + 342 + 2;

/** Bytes of the compact JWT whose header, signature and dots have so many characters. */
export function tokenBytes(frameCharacters: number, claims: object): number {
  return frameCharacters + base64urlCharacters(utf8Bytes(JSON.stringify(claims)));
}

export function mostTokenBytes(hasStorageScopes: boolean): number {
  return hasStorageScopes ? maxStorageTokenBytes : maxTokenBytes;
}

export function base64urlCharacters(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else bytes += code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
