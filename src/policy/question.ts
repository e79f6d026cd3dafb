/** One request, prepared once for the judgement of each of its scopes. */
import type { ActionSet } from './action.ts';
import { type Audiences, countsAt, readAudiences } from './audience.ts';
import { type Ceiling, ceilingOfClient, ceilingOfFlow } from './ceiling.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledGrant } from './compiled-rules.ts';
import type { Cap, PolicyRequest } from './decision.ts';
import { longestLife, minimumWindow } from './expiry.ts';
import type { Span } from './interval.ts';
import type { Action, PolicyMode, Subject } from './rule.ts';
import { lastingSubjects, type Standing, standingOf, subjectKey } from './standing.ts';

export interface Question {
  readonly policy: CompiledPolicy;
  readonly audiences: Audiences;
  /** Found when it is first asked for. */
  readonly standing: () => Standing;
  /** Subjects held through the minimum window, with the latest end of each. */
  readonly lasting: ReadonlyMap<Subject, number>;
  /** Their keys: a grant whose subject's key is not among them is nobody's here. */
  readonly keys: ReadonlySet<number>;
  /** The client's, then the flow's. */
  readonly ceilings: readonly Ceiling[];
  readonly minimum: Span;
  /** When the token ends if no rule ends it before. */
  readonly longest: Cap;
  /** Milliseconds by which a closing is anticipated. */
  readonly guard: number;
}

/** How one scope of the question is judged. */
export interface Asking {
  readonly question: Question;
  readonly action: Action;
  /** The closure of the action: all that a verifier may let through. */
  readonly needed: ActionSet;
  readonly mode: PolicyMode;
  /** Nobody is a party: the token may be shown to storages that were not asked for. */
  readonly stranger: boolean;
}

export function prepareQuestion(policy: CompiledPolicy, request: PolicyRequest): Question {
  const minimum = minimumWindow(request, policy.settings);
  const lasting = lastingSubjects(request.principal, minimum);
  const keys = new Set<number>();
  for (const subject of lasting.keys()) keys.add(subjectKey(subject));
  let standing: Standing | undefined;
  const ofClient = ceilingOfClient(request.client.scopes);
  return {
    policy,
    audiences: readAudiences(policy, request.audiences),
    standing: () => {
      standing ??= standingOf(request.principal);
      return standing;
    },
    lasting,
    keys,
    ceilings: request.ceiling ? [ofClient, ceilingOfFlow(policy, request.ceiling)] : [ofClient],
    minimum,
    longest: longestLife(request, policy.settings),
    guard: policy.settings.guardSeconds * 1000,
  };
}

/** Whether the grant counts in this question, whatever its path and actions. */
export function counts({ audiences, minimum }: Question, grant: CompiledGrant): boolean {
  return grant.from <= minimum.from && grant.until >= minimum.until && countsAt(grant, audiences);
}
