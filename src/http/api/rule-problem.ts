/** Refusals of the rules as problems of the API. */
import type { Refusal, RefusalKind } from '../../rules/refusal.ts';
import { type Problem, type ProblemName, problem } from './problem.ts';
import { pointerOf } from './read-request.ts';
import { exposureBody } from './represent.ts';
import { versionTag } from './version-tag.ts';

const names: Readonly<Record<RefusalKind, ProblemName>> = {
  forbidden: 'forbidden',
  'not-found': 'not-found',
  conflict: 'conflict',
  invalid: 'refused-by-policy',
  'version-mismatch': 'precondition-failed',
};

export function ruleProblem({ kind, message, faults, version, exposure }: Refusal): Problem {
  const detail =
    version === undefined ? message : `If-Match names another version than the present one, ${versionTag(version)}`;
  return problem(names[kind], detail, {
    ...(faults && {
      errors: faults.slice(0, 100).map(({ path, message: text }) => ({
        in: 'body' as const,
        pointer: pointerOf(path),
        message: text,
      })),
    }),
    more: {
      ...(version !== undefined && { version }),
      ...(exposure && { exposure: exposureBody(exposure) }),
    },
  });
}
