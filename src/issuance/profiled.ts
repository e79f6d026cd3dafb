/** What the profile of the token makes of a request and of the decision on it (wlcg-tokens.md sections 2.4, 10 and 11). */
import type { Decision, ScopeVerdict } from '../policy/decision.ts';
import { groupsScope, parseScope } from '../policy/scope.ts';
import { entitlementsScope, legacyEntitlementsScope } from '../tokens/entitlements.ts';
import type { TokenProfile } from '../tokens/profile.ts';
import { chosenProfile, profileOfScope } from '../tokens/profile-scopes.ts';
import { fromScitokens, toScitokens } from '../tokens/profiles/scitokens.ts';
import type { TokenRequest } from './policy-request.ts';
import { refusalsOf, refuseAll } from './refuse-all.ts';

export interface Profiled {
  readonly profile: TokenProfile;
  /** In the words of the policy. */
  readonly request: TokenRequest;
  /** The decision on `request` in the words of the one who asked, without what the profile cannot say. */
  readonly finish: (decision: Decision) => Decision;
}

export function profileOf({ client, scopes }: TokenRequest): TokenProfile {
  return chosenProfile(scopes, client);
}

/** As the policy reads them: in the profile of SciTokens its own names are storage scopes; all others stay. */
export function inPolicyWords(scopes: readonly string[], client: TokenRequest['client']): readonly string[] {
  return chosenProfile(scopes, client) === 'scitokens' ? scopes.map(fromScitokens) : scopes;
}

/** The scopes that choose a profile are not asked of the policy, and so never copied into the token (W-VER-1). */
export function profiled(asked: TokenRequest): Profiled {
  const profile = profileOf(asked);
  const hasChoice = asked.scopes.some(isChoice) || asked.unticked?.some(isChoice);
  const request = hasChoice ? withoutChoice(asked) : asked;
  if (profile === 'scitokens') return inScitokens(request);
  return profile === 'aarc' ? withEntitlements(request) : { profile, request, finish: (decision) => decision };
}

/** Whether a scope only says how the token is to be written. */
export function isChoice(scope: string): boolean {
  return profileOfScope(scope) !== undefined;
}

function withoutChoice(request: TokenRequest): TokenRequest {
  const unticked = (request.unticked ?? []).filter((scope) => !isChoice(scope));
  return { ...request, scopes: request.scopes.filter((scope) => !isChoice(scope)), unticked };
}

/** W-SEC-3: only in this profile the unprefixed names mean storage scopes; the policy decides on those. */
function inScitokens(request: TokenRequest): Profiled {
  const { scopes, unticked = [], ceiling, client } = request;
  const asWritten = new Map([...scopes, ...unticked].map((scope) => [fromScitokens(scope), scope]));
  return {
    profile: 'scitokens',
    request: {
      ...request,
      scopes: scopes.map(fromScitokens),
      unticked: unticked.map(fromScitokens),
      ceiling: ceiling && { ...ceiling, scopes: ceiling.scopes.map(fromScitokens) },
    },
    finish: (decision) => {
      const verdicts = decision.verdicts.map((verdict) => ({
        ...verdict,
        scope: asWritten.get(verdict.scope) ?? verdict.scope,
      }));
      return withoutUnsaid({ ...decision, verdicts, refused: refusalsOf(verdicts) }, client.policyMode === 'strict');
    },
  };
}

/** What a SciToken cannot say is refused like what the client may not use; a capability set is had whole or not (W-CAP-6). */
function withoutUnsaid(decision: Decision, isStrict: boolean): Decision {
  if (decision.error !== null || !decision.verdicts.some(isUnsaid)) return decision;
  const granted = decision.granted.filter(canBeSaid);
  const isSet = decision.verdicts.some((verdict) => isUnsaid(verdict) && isCapabilitySet(verdict.scope));
  if (isStrict || isSet || granted.length === 0) {
    return refuseAll(decision, 'client-scope', isUnsaid, isSet ? 'access_denied' : 'invalid_scope');
  }
  const verdicts = decision.verdicts.map(
    (verdict): ScopeVerdict =>
      isUnsaid(verdict) ? { scope: verdict.scope, outcome: 'refused', reason: 'client-scope', because: [] } : verdict,
  );
  return { ...decision, scope: decision.scope.filter(canBeSaid), granted, verdicts, refused: refusalsOf(verdicts) };
}

function isUnsaid(verdict: ScopeVerdict): boolean {
  return 'as' in verdict && !verdict.as.every(canBeSaid);
}

function canBeSaid(scope: string): boolean {
  return toScitokens(scope) !== undefined;
}

function isCapabilitySet(scope: string): boolean {
  return parseScope(scope).kind === 'capabilityset';
}

/** A-ENT-4: the scope of the claim asks for the default groups, as a bare `wlcg.groups` does, which the answer does not name. */
function withEntitlements(request: TokenRequest): Profiled {
  if (!impliesGroups(request)) return { profile: 'aarc', request, finish: (decision) => decision };
  const { client, scopes, ceiling } = request;
  const others = (scope: string) => scope !== groupsScope;
  return {
    profile: 'aarc',
    request: {
      ...request,
      client: { ...client, scopes: [...client.scopes, groupsScope] },
      scopes: [...scopes, groupsScope],
      ceiling: ceiling && { ...ceiling, scopes: [...ceiling.scopes, groupsScope] },
    },
    finish: (decision) => {
      const verdicts = decision.verdicts.filter(({ scope }) => others(scope));
      return { ...decision, scope: decision.scope.filter(others), verdicts, refused: refusalsOf(verdicts) };
    },
  };
}

function impliesGroups({ client, scopes, unticked = [], ceiling }: TokenRequest): boolean {
  const asksGroups = [...scopes, ...unticked].some((scope) => parseScope(scope).kind === 'groups');
  if (asksGroups || ceiling?.withheld?.includes(groupsScope)) return false;
  return [entitlementsScope, legacyEntitlementsScope].some(
    (word) =>
      scopes.includes(word) &&
      !unticked.includes(word) &&
      client.scopes.includes(word) &&
      !ceiling?.withheld?.includes(word) &&
      (ceiling === undefined || ceiling.scopes.includes(word)),
  );
}
