/** The profiles of access tokens: how each writes the claims and the header (wlcg-tokens.md sections 1, 10 and 11). */

import { anyAudience } from '../policy/audience.ts';
import type { AccessTokenClaims, AccessTokenInput } from './claims.ts';
import type { TokenProfile } from './profile.ts';
import { aarcClaims } from './profiles/aarc.ts';
import { rfc9068Claims } from './profiles/rfc9068.ts';
import { fromScitokens, scitokensAnyAudience, scitokensClaims, scitokensVersion } from './profiles/scitokens.ts';
import { wlcgClaims } from './profiles/wlcg.ts';

const writers: Readonly<Record<TokenProfile, (input: AccessTokenInput) => AccessTokenClaims>> = {
  wlcg: wlcgClaims,
  rfc9068: rfc9068Claims,
  aarc: aarcClaims,
  scitokens: scitokensClaims,
};

export function accessTokenClaims(input: AccessTokenInput): AccessTokenClaims {
  return writers[input.profile ?? 'wlcg'](input);
}

/** `typ` of the header; undefined: `JWT`, the only one that every storage takes (I-TYP). */
export function headerType(profile: TokenProfile): 'at+jwt' | undefined {
  return profile === 'rfc9068' ? 'at+jwt' : undefined;
}

/** Characters by which the header is longer than with `JWT`. */
export function headerExcess(profile: TokenProfile): number {
  // Three bytes more are four characters of base64url more, whatever the rest is.
  return headerType(profile) === undefined ? 0 : 4;
}

interface WrittenClaims {
  readonly scope: string;
  readonly aud?: string | string[] | undefined;
  readonly ver?: unknown;
}

/** The scopes of a token of any profile in the words of the policy. */
export function scopesIn({ scope, ver }: WrittenClaims): string[] {
  const scopes = scope.split(' ').filter(Boolean);
  return ver === scitokensVersion ? scopes.map(fromScitokens) : scopes;
}

/** The audiences of a token of any profile as they are asked for. */
export function audiencesIn({ aud, ver }: WrittenClaims): string[] {
  const audiences = [aud ?? []].flat();
  if (ver !== scitokensVersion) return audiences;
  return audiences.map((audience) => (audience === scitokensAnyAudience ? anyAudience : audience));
}

/** The groups of a token of any profile. */
export function groupsIn(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const groups = claims['wlcg.groups'] ?? claims.groups;
  return Array.isArray(groups) ? groups : [];
}
