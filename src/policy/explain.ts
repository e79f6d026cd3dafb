/** A decision told to people and to scripts: the lines of `explain --batch`, and a short account for a terminal (policy-semantics 8). */
import { assertNever } from '../shared/assert-never.ts';
import type { Decision, PolicyRequest, Reason, Refusal, ScopeVerdict } from './decision.ts';

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

/** Each scope as it was asked, what is issued or why not, the rules that decided, and the end of the token. */
export function explainText(request: PolicyRequest, decision: Decision): string {
  const lines = [
    `${describePrincipal(request)}, for ${describeAudiences(request)}, at ${isoInstant(request.now)}`,
    ...decision.verdicts.map((verdict) => `  ${verdict.scope}: ${describeVerdict(verdict)}${describeRules(verdict)}`),
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

function describeAudiences({ audiences }: PolicyRequest): string {
  return audiences.length === 0 ? 'no audience' : audiences.map((audience) => `\`${audience}\``).join(' and ');
}

function describeVerdict(verdict: ScopeVerdict): string {
  switch (verdict.outcome) {
    case 'issued':
      return verdict.as.join(' ') === verdict.scope ? 'issued' : `issued as ${verdict.as.join(' ')}`;
    case 'contained':
      return `contained in ${verdict.as.join(' ')}`;
    case 'refused':
      return `refused, ${verdict.reason} (${meanings[verdict.reason]})`;
    case 'withheld':
      return 'not issued, as the request is refused';
    default:
      return assertNever(verdict);
  }
}

function describeRules({ because }: ScopeVerdict): string {
  return because.length === 0 ? '' : `, by ${because.join(' ')}`;
}

function describeOutcome({ error, expiresAt, scope }: Decision): string {
  if (error !== null) return `no token: ${error}`;
  if (expiresAt === null) return 'no token: nothing remains of what was asked';
  return `token until ${isoInstant(expiresAt)} with scope: ${scope.join(' ') || '(none)'}`;
}

/** UTC, without a fraction where there is none. */
function isoInstant(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString().replace('.000Z', 'Z');
}

const meanings: Readonly<Record<Reason, string>> = {
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
