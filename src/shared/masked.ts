/** Text without the tokens and secrets in it: what is sent in the wrong place must not reach a log or an error. */

/** JWTs, and words as our own refresh tokens, codes and secrets are: 256 bits as base64url, alone or with a second part. No scope and no audience is like that. */
const secretWord = /(?<![^\s`])(?:eyJ[\w-]+\.[\w-]*(?:\.[\w-]*)?|[\w-]{43}(?:\.[\w-]{43})?)(?![^\s`])/g;

export function masked(text: string): string {
  return text.length < 43 ? text : text.replace(secretWord, '[token]');
}
