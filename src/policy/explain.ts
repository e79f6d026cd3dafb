/** A decision told to people and to scripts: the lines of `explain --batch`, and a short account for a terminal (policy-semantics 8). */
import { assertNever } from '../shared/assert-never.ts';
import type { Cap, CapKind, Decision, PolicyRequest, Reason, Refusal, ScopeVerdict } from './decision.ts';

/** One line of `explain --batch`; `id` is returned as it came. */
export interface BatchLine<Id> {
  readonly id: Id;
  /** The storage scopes. */
  readonly granted: readonly string[];
  readonly groups: readonly string[];
  readonly refused: readonly Refusal[];
  /** ISO 8601 in UTC. */
  readonly expiresAt: string | null;
  readonly error: Decision['error'];
  readonly because: readonly string[];
}

export function toBatchLine<Id>(id: Id, decision: Decision): BatchLine<Id> {
  const { granted, groups, refused, expiresAt, error, because } = decision;
  return { id, granted, groups, refused, expiresAt: isoInstant(expiresAt), error, because };
}

/** A short account: each scope as it was asked, what is issued and what is left out and why, the rules that decided, and what set the end of the token. */
export function explainText(request: PolicyRequest, decision: Decision): string {
  const lines = [
    `${describePrincipal(request)}, for ${describeAudiences(request)}, at ${isoInstant(request.now)}`,
    ...describeCeiling(request),
    ...decision.verdicts.flatMap(describeVerdict),
    ...(decision.groups.length > 0 ? [`groups in the token: ${decision.groups.join(' ')}`] : []),
    describeOutcome(decision),
  ];
  return lines.join('\n');
}

function describePrincipal({ principal, client }: PolicyRequest): string {
  return principal.kind === 'user'
    ? `user \`${principal.username}\` through client \`${client.clientId}\``
    : `client \`${principal.clientId}\` for itself`;
}

function describeAudiences({ audiences }: Pick<PolicyRequest, 'audiences'>): string {
  return audiences.length === 0 ? 'no audience' : audiences.map((audience) => `\`${audience}\``).join(' and ');
}

function describeCeiling({ ceiling }: PolicyRequest): string[] {
  if (ceiling === undefined) return [];
  const { flow, scopes, audiences } = ceiling;
  const whose = flow === 'exchange' ? 'of the subject token' : 'of the first consent';
  return [`within the scopes ${whose}, for ${describeAudiences({ audiences })}: ${scopes.join(' ') || '(none)'}`];
}

/** One line, and one for each part where several stand for one scope or something of it is left out. */
function describeVerdict(verdict: ScopeVerdict): string[] {
  const line = `  ${verdict.scope}: ${describeFate(verdict)}${describeRules(verdict)}`;
  return verdict.outcome === 'issued' && isInParts(verdict) ? [line, ...describeParts(verdict)] : [line];
}

type Issued = Extract<ScopeVerdict, { outcome: 'issued' }>;

function isInParts({ parts, left }: Issued): boolean {
  return parts.length > 1 || left.length > 0;
}

function describeFate(verdict: ScopeVerdict): string {
  switch (verdict.outcome) {
    case 'issued':
      return describeIssued(verdict);
    case 'contained':
      return `contained in ${verdict.as.join(' ')}`;
    case 'refused':
      return `refused, ${describeReason(verdict.reason)}`;
    case 'withheld':
      return 'not issued, as the request is refused';
    default:
      return assertNever(verdict);
  }
}

function describeIssued(verdict: Issued): string {
  if (isInParts(verdict)) return verdict.left.length > 0 ? 'issued in part' : 'issued in parts';
  const as = verdict.as.join(' ') === verdict.scope ? 'issued' : `issued as ${verdict.as.join(' ')}`;
  return `${as}${verdict.parts.map(({ cap }) => describePartCap(cap)).join('')}`;
}

function describeParts({ parts, left }: Issued): string[] {
  return [
    ...parts.map(({ scope, cap }) => `    + ${scope}${describePartCap(cap)}`),
    ...left.map((part) => `    - ${part.path}: ${describeReason(part.reason)}${describeRules(part)}`),
  ];
}

/** Nothing where no rule shortens it. */
function describePartCap(cap: Cap): string {
  return cap.kind === 'lifetime' ? '' : `, until ${isoInstant(cap.at)} at most (${describeCap(cap)})`;
}

function describeReason(reason: Reason): string {
  return `${reason} (${reasonMeanings[reason]})`;
}

function describeRules({ because }: Pick<ScopeVerdict, 'because'>): string {
  return because.length === 0 ? '' : `, by ${because.join(' ')}`;
}

function describeOutcome({ error, expiresAt, cappedBy, scope }: Decision): string {
  if (error === 'access_denied') return 'no token: access_denied (a capability set is issued whole or not at all)';
  if (error !== null) return `no token: ${error}`;
  if (expiresAt === null) return 'no token: nothing remains of what was asked';
  const cap = cappedBy === null ? '' : ` (${describeCap(cappedBy)})`;
  return `token until ${isoInstant(expiresAt)}${cap} with scope: ${scope.join(' ') || '(none)'}`;
}

/** For operators: what set an end, and by which rule. */
export function describeCap({ kind, rule }: Pick<Cap, 'kind' | 'rule'>): string {
  return rule === null ? capMeanings[kind] : `${capMeanings[kind]} \`${rule}\``;
}

const capMeanings: Readonly<Record<CapKind, string>> = {
  lifetime: 'the usual lifetime',
  flow: 'the bound of the flow',
  grant: 'end of the right given by grant',
  admission: 'end of the admission to embargo',
  embargo: 'beginning of embargo',
  'embargo-lifetime': 'longest token under embargo',
  group: 'end of the membership of group',
};

/** UTC, without a fraction where there is none. */
export function isoInstant(instant: number): string;
export function isoInstant(instant: number | null): string | null;
export function isoInstant(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z');
}

/** The reason words in words. */
export const reasonMeanings: Readonly<Record<Reason, string>> = {
  malformed: 'not a scope with a well-formed path or group',
  'too-many': 'more scopes than may be asked or issued',
  'outside-storage': 'no mount of the storage shows this path',
  'audiences-differ': 'the storages asked for place this path differently',
  'client-scope': 'not among the scopes of the client',
  ceiling: 'beyond what was first consented or exchanged',
  'no-grant': 'no grant gives this action here',
  partial: 'only a part is granted, and this would open more',
  'audience-required': 'possible only for a named storage',
  embargoed: 'closed by an embargo',
  'embargoed-part': 'an embargo closes a part of it',
  consent: 'taken off by the user',
  'all-or-nothing': 'refused with the rest of the request',
  'embargo-group': 'a group of an embargo, not together with storage scopes',
  'not-member': 'not a member, or not for long enough',
};
