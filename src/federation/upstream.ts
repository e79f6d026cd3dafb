/** An upstream OpenID Connect provider, and what is made of what it says of a person: pure. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { isMailAddress } from '../shared/mail-address.ts';
import { ok } from '../shared/result.ts';
import { multiFactorAcr, singleFactorAcr } from '../tokens/profile.ts';

/** As the lake file declares it. */
export interface Upstream {
  readonly name: string;
  readonly title: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes?: readonly string[] | undefined;
  readonly claims?: Partial<Record<ProfileField, string | undefined>> | undefined;
  readonly required?: readonly { readonly claim: string; readonly anyOf: readonly string[] }[] | undefined;
  readonly assurance?:
    | { readonly take?: readonly string[] | undefined; readonly always?: readonly string[] | undefined }
    | undefined;
  readonly acr?: Readonly<Record<string, string>> | undefined;
  /** Whether REFEDS MFA said there counts as a second factor here; absent: `ignored`. */
  readonly secondFactor?: 'accepted' | 'ignored' | undefined;
  readonly trusted?: boolean | undefined;
  readonly logout?: boolean | undefined;
}

/** Where the providers are kept. */
export interface Upstreams {
  /** By title. */
  list(): Promise<readonly Upstream[]>;
  find(name: string): Promise<Upstream | undefined>;
}

export type ProfileField = 'username' | 'name' | 'givenName' | 'familyName' | 'email' | 'affiliation';

/** Claims of an ID token and of userinfo together. */
export type Claims = Readonly<Record<string, unknown>>;

/** What an upstream login proved. */
export interface UpstreamProof {
  readonly upstream: string;
  readonly issuer: string;
  readonly subject: string;
  /** By the names of account fields; absent ones were not said. */
  readonly values: Readonly<Partial<Record<ProfileField, string>>>;
  readonly emailVerified: boolean;
  readonly acr: string;
  readonly amr: readonly string[];
  readonly assurance: readonly string[];
  /** Of the provider's session, for its logout; null: it has none. */
  readonly sid: string | null;
  /** Hint for a logout there. */
  readonly idToken: string;
  /** Milliseconds since the epoch; of a provider that does not say, when it was at the earliest. */
  readonly loggedInAt: number;
}

/** What is asked for where the lake file says nothing. */
export const defaultScopes: readonly string[] = ['openid', 'profile', 'email'];

/** Which claims fill the fields of an account where the lake file says nothing. */
export const defaultClaims: Partial<Record<ProfileField, string>> = {
  username: 'preferred_username',
  name: 'name',
  givenName: 'given_name',
  familyName: 'family_name',
  email: 'email',
};

/** As forms take them, too: what was said cannot be changed there. */
const longestValue = 255;

/** The refusal names the claim, what was expected and what came. */
export function checkRequired({ title, required = [] }: Upstream, claims: Claims): PeopleAnswer<null> {
  for (const { claim, anyOf } of required) {
    const values = textsOf(claims[claim]);
    if (values.some((value) => anyOf.some((pattern) => matches(pattern, value)))) continue;
    const came = values.length === 0 ? 'nothing' : values.slice(0, 5).map(shown).join(', ');
    return refused(
      'not-allowed',
      `${title} says ${came} in \`${claim}\`, expected ${anyOf.map(shown).join(' or ')}`,
      claim,
    );
  }
  return ok(null);
}

export function profileOf(upstream: Upstream, claims: Claims): UpstreamProof['values'] {
  const names = { ...defaultClaims, ...upstream.claims };
  const said = Object.entries(names).flatMap(([field, claim]) => {
    const [value] = claim === undefined ? [] : textsOf(claims[claim]);
    // Control characters have no place in names.
    const text = value
      ?.replaceAll(/\p{Cc}/gu, ' ')
      .trim()
      .slice(0, longestValue);
    if (text === undefined || text === '' || !text.isWellFormed()) return [];
    // Who has no address that mails can go to is asked for one.
    return field === 'email' && !isMailAddress(text) ? [] : [[field, text] as const];
  });
  return Object.fromEntries(said);
}

/** What is believed, and what is known of every login there (A-ASS-4: of this login alone). */
export function assuranceOf({ assurance = {} }: Upstream, claims: Claims): readonly string[] {
  const { take = [], always = [] } = assurance;
  const said = textsOf(claims.eduperson_assurance).filter((value) => take.some((pattern) => matches(pattern, value)));
  return [...new Set([...always, ...said])].filter((value) => /^[!-~]{1,500}$/.test(value)).slice(0, 50);
}

/** As the lake file says; whatever else was said proves one factor. Two are said only of providers whose word for it is taken: no token says more than what counts here (ADR 0011). */
export function acrOf({ acr = {}, secondFactor = 'ignored' }: Upstream, claims: Claims): string {
  const said = typeof claims.acr === 'string' ? claims.acr : '';
  const meant = Object.hasOwn(acr, said) ? acr[said] : said === multiFactorAcr ? multiFactorAcr : undefined;
  if (meant === multiFactorAcr && secondFactor !== 'accepted') return singleFactorAcr;
  return meant ?? singleFactorAcr;
}

/** Values of `acr_values` in the words of the provider, each before the one that a service used, in the order of preference. */
export function acrValuesFor({ acr = {} }: Upstream, asked: readonly string[]): readonly string[] {
  const own = Object.entries(acr).filter(([said]) => /^[!-~]+$/.test(said));
  return [...new Set(asked.flatMap((one) => [...own.filter(([, meant]) => meant === one).map(([said]) => said), one]))];
}

/** `acr`: what is made of the login; of one factor nothing says that there were several. */
export function amrOf(claims: Claims, acr: string): readonly string[] {
  return textsOf(claims.amr)
    .filter((value) => /^[!-~]{1,32}$/.test(value) && (value !== 'mfa' || acr === multiFactorAcr))
    .slice(0, 10);
}

/** `*` stands for any characters; all else for itself. */
function matches(pattern: string, value: string): boolean {
  const parts = pattern.split('*');
  const [first = ''] = parts;
  if (parts.length === 1) return value === pattern;
  const last = parts.at(-1) ?? '';
  if (!value.startsWith(first) || value.length < first.length + last.length || !value.endsWith(last)) return false;
  let from = first.length;
  const end = value.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = value.indexOf(part, from);
    if (at === -1 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

function shown(value: string): string {
  return `\`${value.length > 100 ? `${value.slice(0, 97)}...` : value}\``;
}
