/** Identity claims that scopes bring (W-ID-4), and those among them that a client may have in its access tokens (W-AT-3). */

/** Claims that name a person; absent where they are not known. */
export interface IdentityClaims {
  readonly name?: string;
  readonly preferred_username?: string;
  readonly email?: string;
}

export const identityClaimNames = ['name', 'preferred_username', 'email'] as const;

export type IdentityClaim = (typeof identityClaimNames)[number];

interface Person {
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
}

const scopeOf: Readonly<Record<IdentityClaim, string>> = {
  name: 'profile',
  preferred_username: 'profile',
  email: 'email',
};

/** Of the claims allowed, those that the scopes bring and the account has. */
export function identityClaims(
  { username, name, email }: Person,
  scopes: readonly string[],
  allowed: readonly IdentityClaim[] = identityClaimNames,
): IdentityClaims {
  const all: Readonly<Record<IdentityClaim, string | null>> = { name, preferred_username: username, email };
  const brought = allowed.filter((claim) => all[claim] !== null && scopes.includes(scopeOf[claim]));
  return Object.fromEntries(brought.map((claim) => [claim, all[claim]]));
}
