/** A subject at an upstream provider, as somebody says it who vouches for it. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { ok } from '../shared/result.ts';
import type { NewIdentity } from './identities.ts';

const longest = 1000;

/** The issuer as the provider writes it: it is compared letter by letter (OpenID Connect Core 1.0 section 2). */
export function readIdentity({
  issuer,
  subject,
}: {
  readonly issuer: string | null | undefined;
  readonly subject: string | null | undefined;
}): PeopleAnswer<NewIdentity> {
  if (!issuer || !/^https?:\/\//.test(issuer) || !URL.canParse(issuer) || !isText(issuer)) {
    return refused('invalid', 'expected the URL of a provider such as `https://idp.example.org`', 'issuer');
  }
  if (!subject || !isText(subject)) {
    return refused('invalid', 'expected the identifier of a person at the provider, its `sub`', 'subject');
  }
  return ok({ issuer, subject });
}

function isText(text: string): boolean {
  return text.length <= longest && text.isWellFormed() && !/\p{Cc}/u.test(text);
}
