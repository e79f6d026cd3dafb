/** One request, prepared once for the judgement of each of its scopes. */
import { type Audiences, countsAt, readAudiences } from './audience.ts';
import type { CompiledGrant, CompiledPolicy } from './compile.ts';
import type { PolicyRequest } from './decision.ts';
import { minimumWindow, tokenWindow } from './expiry.ts';
import type { Span } from './interval.ts';
import type { PathIndex } from './path-index.ts';
import type { Subject } from './rule.ts';
import { parseScope, type StorageScope } from './scope.ts';
import { lastingSubjects, type Standing, standingOf } from './standing.ts';

/** The grants of one subject that the principal holds through the minimum window, until `until`. */
export interface HeldGrants {
  readonly until: number;
  readonly grants: PathIndex<CompiledGrant>;
}

export interface Question {
  readonly policy: CompiledPolicy;
  readonly audiences: Audiences;
  readonly standing: Standing;
  /** Subjects held through the minimum window, with the latest end of each. */
  readonly lasting: ReadonlyMap<Subject, number>;
  readonly held: readonly HeldGrants[];
  /** The client's allowed storage scopes, in logical paths. */
  readonly ceiling: readonly StorageScope[];
  readonly minimum: Span;
  readonly tokenLife: Span;
}

export function prepareQuestion(policy: CompiledPolicy, request: PolicyRequest): Question {
  const minimum = minimumWindow(request, policy.settings);
  const standing = standingOf(request.principal);
  const lasting = lastingSubjects(standing, minimum);
  return {
    policy,
    audiences: readAudiences(policy, request.audiences),
    standing,
    lasting,
    held: [...lasting].flatMap(([subject, until]) => {
      const grants = policy.grants.get(subject);
      return grants ? [{ until, grants }] : [];
    }),
    ceiling: request.client.scopes.map(parseScope).filter((scope) => scope.kind === 'storage'),
    minimum,
    tokenLife: tokenWindow(request, policy.settings),
  };
}

/** Whether the grant counts in this question, whatever its path and actions. */
export function counts({ audiences, minimum }: Question, grant: CompiledGrant): boolean {
  return grant.from <= minimum.from && grant.until >= minimum.until && countsAt(grant, audiences);
}
