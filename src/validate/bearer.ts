/** The HTTP side of a protected resource: the token in a request and the answer to a refused one (RFC 6750, wlcg-tokens.md W-RS-9). */
import type { RequestPath } from './authorize-scope.ts';
import type { TokenClaims } from './claims.ts';
import type { Operation } from './operation.ts';
import type { ValidationErrorCode } from './validation-error.ts';
import type { Validator } from './validator.ts';

const authorizationHeader = /^bearer +([\w.~+/-]+=*) *$/i;

/** The token of an `Authorization` header, or an empty string, which is no valid token. Tokens in the query are not read (RFC 9700). */
export function bearerToken(authorization: string | undefined): string {
  return authorizationHeader.exec(authorization ?? '')?.[1] ?? '';
}

export interface Challenge {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer to a refused token, or to a denied operation. */
export function challenge(
  refusal:
    | { readonly code: ValidationErrorCode; readonly message: string }
    | { readonly decision: 'deny'; readonly reason: string },
): Challenge {
  if ('decision' in refusal) return withError(403, 'insufficient_scope', refusal.reason);
  // Not the token's fault: the client may try again.
  if (refusal.code === 'keys_unavailable') return { status: 503, headers: { 'Retry-After': '30' } };
  return withError(401, 'invalid_token', refusal.message);
}

function withError(status: 401 | 403, error: string, description: string): Challenge {
  const printable = description.replace(/[^\x20-\x7e]|["\\]/g, '?');
  return { status, headers: { 'WWW-Authenticate': `Bearer error="${error}", error_description="${printable}"` } };
}

export interface GuardedRequest {
  /** The header of that name. */
  readonly authorization: string | undefined;
  readonly operation: Operation;
  readonly path: RequestPath;
}

/** Whose request it is, or what to answer instead. */
export type Admission = { readonly ok: true; readonly claims: TokenClaims } | ({ readonly ok: false } & Challenge);

/** Validates the token of a request and authorizes its operation, in one step. */
export async function admit(validator: Validator, request: GuardedRequest): Promise<Admission> {
  const result = await validator.validate(bearerToken(request.authorization));
  if (!result.ok) return { ok: false, ...challenge(result.error) };
  const answer = validator.authorize(result.value, request.operation, request.path);
  return answer.decision === 'allow' ? { ok: true, claims: result.value } : { ok: false, ...challenge(answer) };
}
