/** Usernames made of what people enter. Nobody who asks learns which are taken: a wish is a wish until the account is made. */
import type { Enrolment } from './enrolment.ts';

const longest = 32;

/** Plain lower case, as scripts, paths and grants like it. */
export function usernameBase({ values, email }: Pick<Enrolment, 'values' | 'email'>): string {
  const { username, givenName, familyName, name } = values;
  const full = givenName !== undefined && familyName !== undefined ? `${givenName.charAt(0)}${familyName}` : undefined;
  const candidates = [username, full, name?.split(/\s+/).at(-1), email.slice(0, email.lastIndexOf('@'))];
  return candidates.map((text) => plain(text ?? '')).find((text) => text.length > 1) ?? 'member';
}

/** The base, then with numbers. */
export function* usernameCandidates(base: string): Generator<string> {
  yield base;
  for (let number = 2; number < 1000; number += 1) yield `${base}${number}`;
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/^[^a-z]+|[._-]+$/g, '')
    .slice(0, longest);
}
