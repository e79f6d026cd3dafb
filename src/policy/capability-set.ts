/** Capability sets: `wlcg.capabilityset:<group>` stands for scopes that the group's members get whole or not at all (W-CAP-4 to W-CAP-6). */
import { conveys } from './action.ts';
import type { AskedScope } from './asked.ts';
import { isOtherWithin, ownPaths } from './ceiling.ts';
import type { IssuedPart, LeftPart } from './decision.ts';
import { tightened } from './expiry.ts';
import { judgeScope } from './judge.ts';
import { type JudgedScope, refusedScope, type StoragePart, toParts } from './judged-scope.ts';
import { firstLeft } from './judgement.ts';
import { nothing } from './narrow.ts';
import { type Asker, capOfGroup } from './other-verdicts.ts';
import type { Asking, Question } from './question.ts';
import { type CapabilitySetScope, capabilitySetScope, parseScope, type StorageScope } from './scope.ts';

export interface AskedCapabilitySet extends AskedScope {
  readonly parsed: CapabilitySetScope;
}

/** Refused with the first reason for which one of its scopes would be cut. */
export function judgeCapabilitySet(asker: Asker, { scope, parsed, unticked }: AskedCapabilitySet): JudgedScope {
  const { question, clientScopes, flow } = asker;
  const { policy, lasting } = question;
  if (!clientScopes.includes(scope) && !clientScopes.includes(capabilitySetScope)) {
    return refusedScope(scope, 'client-scope');
  }
  if (flow && !isOtherWithin(policy, scope, flow)) return refusedScope(scope, 'ceiling');
  if (unticked) return refusedScope(scope, 'consent');
  const set = policy.capabilitySets.get(parsed.group);
  if (set === undefined || !lasting.has(`group:${parsed.group}`)) return refusedScope(scope, 'not-member');
  const judged = set.map((member) => judgeMember(asker, member));
  const [first] = firstLeft(judged.flatMap(({ left }) => left));
  if (first !== undefined) return refusedScope(scope, first.reason, first.because);
  const ofMembership = capOfGroup(question, parsed.group);
  const bounded = <T extends IssuedPart | StoragePart>(part: T): T => ({
    ...part,
    cap: tightened(part.cap, ofMembership.at, ofMembership.kind, ofMembership.rule),
  });
  return {
    scope,
    parts: judged.flatMap(({ parts }) => parts).map(bounded),
    words: judged.flatMap(({ words }) => words).map(bounded),
    left: [],
    refusal: null,
  };
}

interface Member {
  readonly parts: readonly StoragePart[];
  readonly words: readonly IssuedPart[];
  readonly left: readonly LeftPart[];
}

function judgeMember({ question, clientScopes }: Asker, member: string): Member {
  const parsed = parseScope(member);
  if (parsed.kind === 'storage') return judgeStorage(question, parsed);
  const word = { scope: member, cap: question.longest };
  return clientScopes.includes(member) && parsed.kind === 'other'
    ? { parts: [], words: [word], left: [] }
    : { parts: [], words: [], left: [{ path: member, reason: 'client-scope', because: [] }] };
}

/** The set is written in logical paths; the token has the storage's own. */
function judgeStorage(question: Question, { action, path }: StorageScope): Member {
  const asking: Asking = { question, action, needed: conveys(action), mode: 'strict', stranger: false };
  const own = ownPaths(question.audiences, path);
  const judged = own.map((one) => judgeScope(asking, one.path));
  const left = [
    ...(own.length === 0 ? nothing(path, 'outside-storage').left : []),
    ...(own.some(({ whole }) => !whole) ? nothing(path, 'partial').left : []),
    ...judged.flatMap((one) => (one.open.length === 0 ? one.left : [])),
  ];
  return { parts: judged.flatMap(({ open }) => toParts(action, open)), words: [], left };
}
