/** The decision: which scopes and groups a token may carry, and until when; pure, total, and the same for every flow (policy-semantics 4). */
import { type AskedScope, readAsked, refused } from './asked.ts';
import type { CompiledPolicy } from './compile.ts';
import type { Cap, Decision, PolicyRequest, ScopeVerdict } from './decision.ts';
import { expiryOf } from './expiry.ts';
import { union } from './judgement.ts';
import { type Asker, assertedGroups, otherVerdict } from './other-verdicts.ts';
import { prepareQuestion } from './question.ts';
import { type AskedStorageScope, storageVerdicts } from './storage-verdicts.ts';

/** Never throws for a refusal; `error` says when the whole request is refused. */
export function resolve(policy: CompiledPolicy, request: PolicyRequest): Decision {
  const asked = readAsked(request);
  if (asked.some(({ parsed }) => parsed.kind === 'malformed')) return refuseWhole(policy, asked.map(besideMalformed));
  const question = prepareQuestion(policy, request);
  const storage = asked.filter(isStorage);
  const ofStorage = storageVerdicts(question, storage, request.client.policyMode);
  const asker: Asker = {
    question,
    principal: request.principal,
    clientScopes: request.client.scopes,
    withStorage: storage.length > 0,
    now: request.now,
  };
  const byScope = new Map(ofStorage.map((verdict) => [verdict.scope, verdict]));
  const verdicts = asked.map((one) => byScope.get(one.scope) ?? otherVerdict(asker, one));
  if (storage.length > 0 && !ofStorage.some(({ outcome }) => outcome === 'issued'))
    return refuseWhole(policy, verdicts);
  const groups = assertedGroups(asker, asked, new Map(verdicts.map((verdict) => [verdict.scope, verdict])));
  const decision = fromVerdicts(policy, verdicts, new Set(storage.map(({ scope }) => scope)));
  const isEmpty = asked.length > 0 && decision.scope.length === 0;
  const expiresAt = isEmpty ? null : expiryOf(request, policy.settings);
  const cappedBy: Cap | null = expiresAt === null ? null : { at: expiresAt, kind: 'lifetime', rule: null };
  return { ...decision, groups, expiresAt, cappedBy };
}

function isStorage(asked: AskedScope): asked is AskedStorageScope {
  return asked.parsed.kind === 'storage';
}

function besideMalformed({ scope, parsed }: AskedScope): ScopeVerdict {
  return refused(scope, parsed.kind === 'malformed' ? 'malformed' : 'all-or-nothing');
}

/** An empty token would not be harmless, so nothing at all is issued beside refused storage scopes. */
function refuseWhole(policy: CompiledPolicy, verdicts: readonly ScopeVerdict[]): Decision {
  const withheld = verdicts.map(
    (verdict): ScopeVerdict =>
      verdict.outcome === 'refused' ? verdict : { scope: verdict.scope, because: [], outcome: 'withheld' },
  );
  return { ...fromVerdicts(policy, withheld, new Set()), error: 'invalid_scope' };
}

function fromVerdicts(
  policy: CompiledPolicy,
  verdicts: readonly ScopeVerdict[],
  storageScopes: ReadonlySet<string>,
): Decision {
  const issued = verdicts.flatMap((verdict) => (verdict.outcome === 'issued' ? [verdict] : []));
  const deciding = verdicts.filter(({ outcome }) => outcome !== 'contained');
  return {
    scope: issued.flatMap(({ as }) => as),
    granted: issued.filter(({ scope }) => storageScopes.has(scope)).flatMap(({ as }) => as),
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
