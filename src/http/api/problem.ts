/** Refusals of the API as problem details (RFC 9457): a closed set of names, each with its status and title. */
import type { Context } from 'koa';
import { multiFactorAcr } from '../../tokens/profile.ts';

const problems = {
  'malformed-request': { status: 400, title: 'The request does not have the documented form' },
  unauthorized: { status: 401, title: 'A valid access token or a login is needed' },
  'insufficient-authentication': { status: 401, title: 'A sign-in with a second factor is needed' },
  'insufficient-scope': { status: 403, title: 'The access token does not have the needed scope' },
  forbidden: { status: 403, title: 'The account or client may not do this' },
  'cross-site': { status: 403, title: 'A login is accepted only from pages of this server' },
  'not-found': { status: 404, title: 'There is nothing of this name' },
  'method-not-allowed': { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'This does not fit the present state' },
  'precondition-failed': { status: 412, title: 'It was changed since it was read' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON' },
  'refused-by-policy': { status: 422, title: 'The rules of the policy refuse this' },
  'precondition-required': { status: 428, title: 'A change needs If-Match' },
  fault: { status: 500, title: 'A fault of the server' },
  unavailable: { status: 503, title: 'The server cannot answer at the moment' },
} as const;

export type ProblemName = keyof typeof problems;
export type ProblemStatus = (typeof problems)[ProblemName]['status'];

/** One thing that is wrong; `pointer` is a JSON pointer (RFC 6901) into the body, or into the parameters by their names. */
export interface ProblemError {
  readonly in: 'body' | 'query' | 'path' | 'header';
  readonly pointer: string;
  readonly message: string;
}

export interface Problem {
  readonly name: ProblemName;
  /** For the caller, one sentence; never a secret, never what the caller may not see. */
  readonly detail: string;
  readonly errors?: readonly ProblemError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members (RFC 9457 section 3.2). */
  readonly more?: Readonly<Record<string, unknown>>;
}

export const problemNames = Object.keys(problems) as readonly ProblemName[];

export function problem(
  name: ProblemName,
  detail: string,
  more: Pick<Problem, 'errors' | 'headers' | 'more'> = {},
): Problem {
  return { name, detail, ...more };
}

/** RFC 9470 section 3: what the caller has stems from a login that proved too little; `rule` says what asks for more. */
export function insufficientAuthentication(rule: string): Problem {
  return problem('insufficient-authentication', `expected a sign-in with a second factor (rule: ${rule})`, {
    headers: {
      'WWW-Authenticate': `Bearer realm="sluice", error="insufficient_user_authentication", acr_values="${multiFactorAcr}"`,
    },
  });
}

export function statusOf({ name }: Pick<Problem, 'name'>): ProblemStatus {
  return problems[name].status;
}

/** The names with this status. */
export function problemsOfStatus(status: number): readonly ProblemName[] {
  return problemNames.filter((name) => problems[name].status === status);
}

export function titleOf(name: ProblemName): string {
  return problems[name].title;
}

/** RFC 9457 section 3.1.1: an identifier that programs compare; the reference tells what it means. */
export function problemType(name: ProblemName): string {
  return `urn:sluice:problem:${name}`;
}

export function answerProblem(ctx: Context, refusal: Problem): void {
  const status = statusOf(refusal);
  ctx.status = status;
  ctx.set(refusal.headers ?? {});
  ctx.set('Cache-Control', 'no-store');
  ctx.state.problem = refusal.name;
  ctx.body = JSON.stringify({
    type: problemType(refusal.name),
    title: titleOf(refusal.name),
    status,
    detail: refusal.detail,
    instance: `urn:uuid:${ctx.state.requestId}`,
    ...(refusal.errors && { errors: refusal.errors }),
    ...refusal.more,
  });
  ctx.type = 'application/problem+json';
}
