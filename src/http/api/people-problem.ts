/** Refusals of the use cases of people and groups as problems of the API. */
import type { PeopleAnswer, PeopleRefusal, PeopleRefusalCode } from '../../accounts/refusal.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Problem, type ProblemName, problem } from './problem.ts';
import { pointerOf } from './read-request.ts';

const names: Readonly<Record<PeopleRefusalCode, ProblemName>> = {
  'not-allowed': 'forbidden',
  'not-found': 'not-found',
  taken: 'conflict',
  conflict: 'conflict',
  invalid: 'refused-by-policy',
  'in-use': 'conflict',
};

export function peopleProblem({ code, message, field }: PeopleRefusal): Problem {
  const errors = field === undefined ? [] : [{ in: 'body' as const, pointer: pointerOf([field]), message }];
  return problem(names[code], message, errors.length > 0 ? { errors } : {});
}

export async function peopleAnswered<T>(asking: Promise<PeopleAnswer<T>>): Promise<Result<T, Problem>> {
  const answer = await asking;
  return answer.ok ? ok(answer.value) : err(peopleProblem(answer.error));
}

/** For changes with If-Match: what was changed meanwhile is a precondition that failed. */
export async function peopleChanged<T>(asking: Promise<PeopleAnswer<T>>): Promise<Result<T, Problem>> {
  const answer = await asking;
  if (answer.ok || answer.error.code !== 'conflict') return answer.ok ? answer : err(peopleProblem(answer.error));
  return err(
    problem('precondition-failed', 'it was changed since it was read, expected If-Match with the present ETag'),
  );
}
