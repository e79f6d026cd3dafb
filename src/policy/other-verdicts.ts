/** Judges group scopes and plain words: what is unknown or not held is left out, never an error by itself (policy-semantics 4, wlcg-tokens.md section 4). */
import { type AskedScope, issuedWhole, refused } from './asked.ts';
import { isOtherWithin } from './ceiling.ts';
import type { Cap, FlowCeiling, Reason, ScopeVerdict } from './decision.ts';
import { tightened } from './expiry.ts';
import { selectGroups } from './groups.ts';
import type { Question } from './question.ts';
import type { Principal } from './rule.ts';
import { groupsScope, isStorageName } from './scope.ts';

/** W-HOST-3: says that a client acts for itself. */
const hostScope = 'host.auth';

export interface Asker {
  readonly question: Question;
  readonly principal: Principal;
  readonly clientScopes: readonly string[];
  /** Whether a bare `wlcg.groups` among them also allows optional groups. */
  readonly optionalGroups: boolean;
  /** The ceiling of the flow, if it has one. */
  readonly flow: FlowCeiling | undefined;
  /** Storage scopes are asked for in the same request. */
  readonly withStorage: boolean;
  readonly now: number;
}

/** The verdict on a scope that is no storage scope. */
export function otherVerdict(asker: Asker, { scope, parsed, unticked }: AskedScope): ScopeVerdict {
  const group = parsed.kind === 'groups' ? parsed.group : null;
  const isGroups = parsed.kind === 'groups';
  const reason: Reason | null =
    (isAllowedScope(asker, scope, isGroups ? { group } : undefined) ? null : 'client-scope') ??
    (asker.flow && !isOtherWithin(asker.question.policy, scope, asker.flow) ? 'ceiling' : null) ??
    (unticked ? 'consent' : null) ??
    (group !== null && asker.withStorage && isEmbargoGroup(asker, group) ? 'embargo-group' : null) ??
    (isGroups && !mayAssert(asker, group) ? 'not-member' : null);
  return reason === null ? issuedWhole(scope, capOfGroup(asker.question, group)) : refused(scope, reason);
}

/** The end of the membership bounds a token that names the group (policy-semantics 4, step 7). */
export function capOfGroup({ longest, lasting, guard }: Question, group: string | null): Cap {
  const until = group === null ? undefined : lasting.get(`group:${group}`);
  return until === undefined ? longest : tightened(longest, until - guard, 'group', group);
}

/** Plain words as registered; a bare `wlcg.groups` among the client's scopes allows every group scope, or those of default groups. Storage names never pass as plain words. */
function isAllowedScope(asker: Asker, scope: string, groups: { readonly group: string | null } | undefined): boolean {
  const { clientScopes, optionalGroups, principal, question } = asker;
  if (isStorageName(scope)) return false;
  if (scope === hostScope && principal.kind === 'user') return false;
  if (clientScopes.includes(scope)) return true;
  if (groups === undefined || !clientScopes.includes(groupsScope)) return false;
  if (optionalGroups || groups.group === null) return true;
  return question.policy.defaultGroups.includes(groups.group) && !isEmbargoGroup(asker, groups.group);
}

/** W-GRP-11: a client acting for itself asserts no group. */
function mayAssert({ principal, question }: Asker, group: string | null): boolean {
  return principal.kind === 'user' && (group === null || question.lasting.has(`group:${group}`));
}

/** A group that is a party of an embargo not yet released. */
function isEmbargoGroup({ question, now }: Asker, group: string): boolean {
  return (question.policy.embargoGroups.get(group) ?? Number.NEGATIVE_INFINITY) > now;
}

/** The groups to assert, in the order of the request; `verdicts` are those on `asked`, one for one. A scope that the client may not use or the user took off asks for nothing; a group not held still implies the default ones. */
export function assertedGroups(
  asker: Asker,
  asked: readonly AskedScope[],
  verdicts: readonly ScopeVerdict[],
): string[] {
  if (asker.principal.kind === 'client' || !asked.some(({ parsed }) => parsed.kind === 'groups')) return [];
  const groupScopes = asked.flatMap(({ parsed }, index) =>
    parsed.kind === 'groups' ? [{ group: parsed.group, verdict: verdicts[index] }] : [],
  );
  const heard = groupScopes.filter(({ verdict }) => !isUnheard(verdict));
  const bareUnheard = groupScopes.some(({ group, verdict }) => group === null && isUnheard(verdict));
  const issued = new Set(heard.filter(({ verdict }) => verdict?.outcome === 'issued').map(({ group }) => group));
  // An embargo group is optional by definition: only by name.
  const isDefault = (group: string) =>
    mayAssert(asker, group) && !isEmbargoGroup(asker, group) && !isWithheld(asker, group);
  return selectGroups(
    heard.map(({ group }) => group),
    {
      defaults: bareUnheard ? [] : asker.question.policy.defaultGroups.filter(isDefault),
      isMember: (group) => issued.has(group),
    },
  );
}

/** By name, which a bare `wlcg.groups` does not get around (policy-semantics 6). */
function isWithheld({ flow }: Asker, group: string): boolean {
  return flow?.withheld?.includes(`${groupsScope}:${group}`) ?? false;
}

const unheard: ReadonlySet<Reason> = new Set(['client-scope', 'ceiling', 'consent']);

function isUnheard(verdict: ScopeVerdict | undefined): boolean {
  return verdict?.outcome === 'refused' && unheard.has(verdict.reason);
}
