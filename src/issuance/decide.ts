/** The decision within the size of a token: what a policy would expand beyond it is dropped, never cut (policy-semantics 2.2 and 4, step 5; W-ISS-4). */
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Decision } from '../policy/decision.ts';
import { resolve } from '../policy/resolve.ts';
import { isStorageName } from '../policy/scope.ts';
import { localAccountAssurance } from '../tokens/assurance.ts';
import type { EntitlementNamespace } from '../tokens/entitlements.ts';
import { singleFactorAcr } from '../tokens/profile.ts';
import { accessTokenClaims, headerExcess } from '../tokens/profiles.ts';
import { mostTokenBytes, ordinaryFrameCharacters, tokenBytes } from '../tokens/size.ts';
import { type ClaimsContext, claimsInput } from './claims-input.ts';
import { policyRequestOf, type TokenRequest } from './policy-request.ts';
import { type Profiled, profiled } from './profiled.ts';
import { refuseAll } from './refuse-all.ts';

/** What the size of a token depends on beside the decision. */
export interface TokenShape {
  readonly issuer: string;
  /** Of header, signature and dots. */
  readonly frameCharacters: number;
  readonly context: ClaimsContext;
  /** Of the community; absent: it has none. */
  readonly entitlements?: EntitlementNamespace | null;
}

/** What a login with a password will say. */
export const passwordLogin: ClaimsContext = {
  authentication: { acr: singleFactorAcr, assurance: localAccountAssurance },
};

/** Where no key and no issuer is at hand. */
export const ordinaryShape: TokenShape = {
  issuer: 'https://issuer.example.org',
  frameCharacters: ordinaryFrameCharacters,
  context: passwordLogin,
};

/** `now` in milliseconds since the epoch. */
export function decideToken(policy: CompiledPolicy, request: TokenRequest, now: number, shape: TokenShape): Decision {
  const inProfile = profiled(request);
  const asked = policyRequestOf(inProfile.request, now);
  const excessOf = (decision: Decision) => excessBytes(decision, request, inProfile, now, shape);
  const decision = inProfile.finish(resolve(policy, asked));
  const excess = excessOf(decision);
  if (excess <= 0) return decision;
  if (decision.granted.length === 0) return refuseLarge(decision);
  const characters = decision.granted.reduce((sum, scope) => sum + scope.length + 1, 0);
  // Three bytes of claims are four of the token.
  const room = Math.max(characters - Math.ceil((excess * 3) / 4), 0);
  const smaller = inProfile.finish(resolve(policy, { ...asked, maxStorageCharacters: room }));
  return excessOf(smaller) > 0 ? refuseLarge(decision) : smaller;
}

function excessBytes(
  decision: Decision,
  request: TokenRequest,
  { profile }: Profiled,
  now: number,
  { issuer, frameCharacters, context, entitlements }: TokenShape,
): number {
  const characters = [decision.scope, decision.groups, request.audiences].map(sumOf).reduce((sum, one) => sum + one);
  // Most tokens are far from the limit; only those near it are written out and measured. A group is short, its entitlement is not.
  if (decision.error !== null || (profile !== 'aarc' && characters < ordinaryCharacters)) return 0;
  const input = claimsInput(issuer, request, { ...context, entitlements }, decision, now, ordinaryJti);
  const bytes = tokenBytes(frameCharacters + headerExcess(profile), accessTokenClaims(input));
  return bytes - mostTokenBytes(decision.granted.length > 0);
}

/** As long as every other one. */
const ordinaryJti = '00000000-0000-4000-8000-000000000000';

/** With so many characters of scopes, groups and audiences a token is within every limit, whatever else its claims say. */
const ordinaryCharacters = 1500;

/** Characters of a list in JSON. */
function sumOf(words: readonly string[]): number {
  return words.reduce((sum, word) => sum + word.length + 3, 0);
}

/** Nothing is cut silently: what made the token too large is refused, and with it the whole request. */
function refuseLarge(decision: Decision): Decision {
  const isStorage = decision.granted.length > 0;
  return refuseAll(decision, 'too-many', ({ scope }) => !isStorage || isStorageName(scope));
}
