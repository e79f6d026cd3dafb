/** The questions to the policy on a test's database, at an instant of the test's choice. */

import { compilePolicy } from '../../src/policy/compile.ts';
import { createQuestions } from '../../src/questions/create-questions.ts';
import type { Questions } from '../../src/questions/questions.ts';
import type { Database } from '../../src/storage/database.ts';
import { loadLakeFacts } from '../../src/storage/lake-facts.ts';
import { createLiveTokens } from '../../src/storage/live-tokens.ts';
import { createQuestionStore } from '../../src/storage/question-store.ts';

/** `now` in ms since the epoch. */
export function questionsAt(db: Database, now: () => number): Questions {
  return createQuestions({
    store: createQuestionStore(db),
    tokens: createLiveTokens(db),
    clock: { now },
    snapshot: async () => {
      const { policy, clients } = await loadLakeFacts(db);
      return { policy: compilePolicy(policy), clients };
    },
  });
}

/** The value of an answer that must be one. */
export async function answered<T>(
  answer: Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }>,
): Promise<T> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}
