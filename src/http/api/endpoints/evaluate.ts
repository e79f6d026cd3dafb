/** `POST /policy/evaluate`: the decision of `sluice explain`, by the same code (policy-semantics 8, "what would this principal get now"). */
import type { z } from 'zod';
import type { AccountStore } from '../../../accounts/store.ts';
import { type Explanation, explain, type Question } from '../../../lake/explain.ts';
import { readQuestion } from '../../../lake/explain-batch.ts';
import type { SnapshotSource } from '../../../lake/snapshot.ts';
import type { Cap, ScopeVerdict } from '../../../policy/decision.ts';
import { explainText, isoInstant } from '../../../policy/explain.ts';
import type { Clock } from '../../../shared/clock.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { questionContract } from '../contract/questions.ts';
import type { ApiAnswer, Shown } from '../declaration.ts';
import { type Problem, problem } from '../problem.ts';
import type { evaluateAnswer, evaluateSchema } from '../schemas/questions.ts';

export interface EvaluateDeps {
  readonly snapshots: SnapshotSource;
  readonly accounts: AccountStore;
  readonly clock: Clock;
}

type Evaluate = (
  body: z.output<typeof evaluateSchema>,
) => Promise<Result<ApiAnswer<(typeof questionContract)['evaluate']>, Problem>>;

export function createEvaluate({ snapshots, accounts, clock }: EvaluateDeps): Evaluate {
  return async (body) => {
    const question = readQuestion(body, clock.now());
    if (!question.ok) return err(problem('malformed-request', question.error));
    const known = await findAccount(question.value);
    const { policy, clients } = await snapshots.confirmed();
    const explained = explain({ policy, clients, accounts: known }, question.value);
    return explained.ok ? ok({ body: decisionBody(explained.value) }) : err(problem('not-found', explained.error));
  };

  async function findAccount({ user }: Question) {
    const found = user === null ? undefined : await accounts.findByUsername(user);
    return new Map(found ? [[found.account.username, found.account]] : []);
  }
}

function decisionBody({ request, decision, note }: Explanation): Shown<typeof evaluateAnswer> {
  const { scope, granted, groups, refused, because, error, policyVersion } = decision;
  return {
    ...{ granted, scope, groups, refused, because, error, policyVersion, note },
    expiresAt: isoInstant(decision.expiresAt),
    cappedBy: decision.cappedBy && capBody(decision.cappedBy),
    verdicts: decision.verdicts.map(verdictBody),
    text: explainText(request, decision),
  };
}

function verdictBody(verdict: ScopeVerdict): Shown<typeof evaluateAnswer>['verdicts'][number] {
  const { scope, outcome, because } = verdict;
  return {
    ...{ scope, outcome, because },
    as: 'as' in verdict ? verdict.as : [],
    reason: outcome === 'refused' ? verdict.reason : null,
    parts: outcome === 'issued' ? verdict.parts.map((part) => ({ scope: part.scope, cap: capBody(part.cap) })) : [],
    left:
      outcome === 'issued' ? verdict.left.map(({ path, reason, because: by }) => ({ path, reason, because: by })) : [],
  };
}

function capBody({ at, kind, rule }: Cap) {
  return { at: isoInstant(at), kind, rule };
}
