/** The decision: which scopes and groups a token may carry, and until when; pure, total, and the same for every flow (policy-semantics 4). */
import { type AskedScope, readAsked, refused } from './asked.ts';
import { type AskedCapabilitySet, judgeCapabilitySet } from './capability-set.ts';
import { isOtherWithin, isStorageWithin } from './ceiling.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Cap, Decision, PolicyRequest, ScopeVerdict } from './decision.ts';
import { earlier, wholeSecond } from './expiry.ts';
import { type AskedStorageScope, type JudgedScope, judgedScope, judgeOnce, refusedScope } from './judged-scope.ts';
import { type Asker, assertedGroups, capOfGroup, otherVerdict } from './other-verdicts.ts';
import { prepareQuestion, type Question } from './question.ts';
import { isStorageName } from './scope.ts';
import { maxStorageScopesAsked, storageVerdicts } from './storage-verdicts.ts';
import { union } from './union.ts';

/** Never throws for a refusal; `error` says when the whole request is refused. */
export function resolve(policy: CompiledPolicy, request: PolicyRequest): Decision {
  const asked = readAsked(request);
  if (asked.some(isMalformed)) return refuseBeside(policy, asked, isMalformed, 'malformed');
  const question = prepareQuestion(policy, request);
  const isBeyond = (one: AskedScope) => isBeyondRefresh(question, request, one);
  if (asked.some(isBeyond)) return refuseBeside(policy, asked, isBeyond, 'ceiling');
  const asker: Asker = {
    question,
    principal: request.principal,
    clientScopes: request.client.scopes,
    optionalGroups: request.client.optionalGroups ?? true,
    flow: request.ceiling,
    withStorage: asked.some(isCapability),
    now: request.now,
  };
  const capabilities = storageVerdicts(judgeCapabilities(asker, asked, request), {
    mode: request.client.policyMode,
    maxCharacters: request.maxStorageCharacters ?? Number.POSITIVE_INFINITY,
  });
  const inOrder = capabilities.values();
  const verdicts = asked.map((one) => (isCapability(one) && inOrder.next().value) || otherVerdict(asker, one));
  if (asked.some((one, index) => isDeniedSet(one, verdicts[index]))) {
    return { ...refuseWhole(policy, verdicts), error: 'access_denied' };
  }
  if (asked.some(isStorage) && !capabilities.some(({ outcome }) => outcome === 'issued')) {
    return refuseWhole(policy, verdicts);
  }
  const groups = assertedGroups(asker, asked, verdicts);
  const decision = fromVerdicts(policy, verdicts);
  if (asked.length > 0 && decision.scope.length === 0) return { ...decision, groups };
  const cap = capOf(question, verdicts, groups);
  return { ...decision, groups, expiresAt: cap.at, cappedBy: cap };
}

function judgeCapabilities(
  asker: Asker,
  asked: readonly AskedScope[],
  { client }: PolicyRequest,
): readonly JudgedScope[] {
  const isTooMany = asked.filter(isStorage).length > maxStorageScopesAsked;
  const judge = judgeOnce(asker.question, client.policyMode);
  return asked.flatMap((one): JudgedScope[] => {
    if (isSet(one)) return [judgeCapabilitySet(asker, one)];
    if (!isStorage(one)) return [];
    return [isTooMany ? refusedScope(one.scope, 'too-many') : judgedScope(one, judge(one.parsed))];
  });
}

/** Refresh: what is not within the ceiling refuses the request, in every mode (policy-semantics 6; W-REF-2). */
function isBeyondRefresh(
  { policy, audiences, ceilings }: Question,
  { ceiling }: PolicyRequest,
  asked: AskedScope,
): boolean {
  if (ceiling?.flow !== 'refresh') return false;
  const [, ofFlow] = ceilings;
  return isStorage(asked) && ofFlow
    ? !isStorageWithin(audiences, ofFlow, asked.parsed)
    : !isOtherWithin(policy, asked.scope, ceiling);
}

/** The earliest end of all that the token carries. */
function capOf(question: Question, verdicts: readonly ScopeVerdict[], groups: readonly string[]): Cap {
  const parts = verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? verdict.parts : []));
  const caps = [...parts.map(({ cap }) => cap), ...groups.map((group) => capOfGroup(question, group))];
  return wholeSecond(caps.reduce(earlier, question.longest));
}

function isStorage(asked: AskedScope): asked is AskedStorageScope {
  return asked.parsed.kind === 'storage';
}

function isSet(asked: AskedScope): asked is AskedCapabilitySet {
  return asked.parsed.kind === 'capabilityset';
}

function isCapability(asked: AskedScope): boolean {
  return isStorage(asked) || isSet(asked);
}

/** W-CAP-6: whoever may not have the whole set is denied. */
function isDeniedSet(asked: AskedScope, verdict: ScopeVerdict | undefined): boolean {
  return isSet(asked) && verdict?.outcome === 'refused' && verdict.reason !== 'consent';
}

function isMalformed({ parsed }: AskedScope): boolean {
  return parsed.kind === 'malformed';
}

/** One scope for which the condition holds refuses the whole request, the others with it. */
function refuseBeside(
  policy: CompiledPolicy,
  asked: readonly AskedScope[],
  condition: (one: AskedScope) => boolean,
  reason: 'malformed' | 'ceiling',
): Decision {
  return refuseWhole(
    policy,
    asked.map((one) => refused(one.scope, condition(one) ? reason : 'all-or-nothing')),
  );
}

/** An empty token would not be harmless, so nothing at all is issued beside refused storage scopes. */
function refuseWhole(policy: CompiledPolicy, verdicts: readonly ScopeVerdict[]): Decision {
  const withheld = verdicts.map(
    (verdict): ScopeVerdict =>
      verdict.outcome === 'refused' ? verdict : { scope: verdict.scope, because: [], outcome: 'withheld' },
  );
  return { ...fromVerdicts(policy, withheld), error: 'invalid_scope' };
}

function fromVerdicts(policy: CompiledPolicy, verdicts: readonly ScopeVerdict[]): Decision {
  const scope = verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? verdict.as : []));
  const deciding = verdicts.filter(({ outcome }) => outcome !== 'contained');
  return {
    scope,
    granted: scope.filter(isStorageName),
    groups: [],
    refused: verdicts.flatMap((verdict) =>
      verdict.outcome === 'refused' ? [{ scope: verdict.scope, reason: verdict.reason }] : [],
    ),
    expiresAt: null,
    cappedBy: null,
    error: null,
    because: union(deciding.map(({ because }) => because)),
    verdicts,
    policyVersion: policy.version,
  };
}
