/** All questions to the policy behind one interface, from what they read. */
import type { QuestionDeps } from './deps.ts';
import { impact } from './impact.ts';
import type { Questions } from './questions.ts';
import { tokens } from './tokens.ts';
import { whoCan } from './who-can.ts';
import { refusals, why } from './why.ts';

export function createQuestions(deps: QuestionDeps): Questions {
  const { store, clock } = deps;
  return {
    whoCan: (question) => whoCan(store, clock, question),
    tokens: (question) => tokens(deps, question),
    impact: (question) => impact(deps, question),
    why: (question) => why(store, question),
    refusals: (question) => refusals(store, clock, question),
  };
}
