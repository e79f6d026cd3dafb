/** The profile of a token: the one of the client's registration, or one chosen by a scope of its name, as in INDIGO IAM (W-VER-1). */
import type { TokenProfile } from './profile.ts';

/** The client as far as the choice goes. */
interface Chooser {
  readonly scopes: readonly string[];
  readonly tokenProfile: TokenProfile;
}

const profileNames: readonly TokenProfile[] = ['wlcg', 'rfc9068', 'aarc', 'scitokens'];

/** W-VER-1: with any version; what is issued stays 1.0. */
const wlcgScope = /^wlcg(?::[0-9]+\.[0-9]+)?$/;

/** The profile that a scope names; undefined for all other scopes. */
export function profileOfScope(scope: string): TokenProfile | undefined {
  if (wlcgScope.test(scope)) return 'wlcg';
  return profileNames.find((name) => name === scope);
}

/** The one profile that these scopes name; undefined when they name none or several. */
export function profileAmong(scopes: readonly string[]): TokenProfile | undefined {
  const [first, ...more] = new Set(scopes.flatMap((scope) => profileOfScope(scope) ?? []));
  return more.length === 0 ? first : undefined;
}

/** Of scopes that the client may not use, and of several profiles at once, none counts. */
export function chosenProfile(asked: readonly string[], { scopes, tokenProfile }: Chooser): TokenProfile {
  const isAllowed = (profile: TokenProfile) =>
    profile === 'wlcg' || profile === tokenProfile || scopes.includes(profile);
  const chosen = profileAmong(asked);
  return chosen !== undefined && isAllowed(chosen) ? chosen : tokenProfile;
}
