/** The parameters of a token exchange, read once (RFC 8693 section 2.1; W-TX-1). */
import { err, ok, type Result } from '../shared/result.ts';

/** RFC 8693. */
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

const tokenType = 'urn:ietf:params:oauth:token-type:';

/** What can be exchanged, and what can be asked for; a JWT stands for an access token. */
export type ExchangedType = 'access_token' | 'refresh_token';

export interface ExchangeRequest {
  readonly subjectToken: string;
  readonly subjectType: ExchangedType;
  /** An access token that says who acts; null: the client itself. */
  readonly actorToken: string | null;
  /** Null: not said. */
  readonly requestedType: ExchangedType | null;
  /** Scope tokens in the order of the request; null: those of the subject token. */
  readonly scopes: readonly string[] | null;
  /** The client that alone may exchange the new token (RFC 8693 section 4.4, as a parameter our own); null: as the subject token says. */
  readonly mayAct: string | null;
}

/** How `issued_token_type` names what is in `access_token` (RFC 8693 section 2.2.1). */
export const issuedTokenType = `${tokenType}access_token`;

export const exchangeParameters: readonly string[] = [
  'subject_token',
  'subject_token_type',
  'actor_token',
  'actor_token_type',
  'requested_token_type',
  'scope',
  'resource',
  'may_act',
];

/** An error is the description of an `invalid_request`; no token is in it. */
export function readExchangeRequest(parameters: Readonly<Record<string, unknown>>): Result<ExchangeRequest, string> {
  const text = (name: string) => {
    const value = parameters[name];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const subjectToken = text('subject_token');
  if (subjectToken === null) return err("missing required parameter 'subject_token'");
  const subjectType = readType('subject_token_type', text('subject_token_type'));
  if (!subjectType.ok) return subjectType;
  if (subjectType.value === null) return err("missing required parameter 'subject_token_type'");
  const actorToken = readActor(text('actor_token'), text('actor_token_type'));
  if (!actorToken.ok) return actorToken;
  const requested = readType('requested_token_type', text('requested_token_type'));
  if (!requested.ok) return requested;
  const scope = text('scope');
  return ok({
    subjectToken,
    subjectType: subjectType.value,
    actorToken: actorToken.value,
    requestedType: requested.value,
    scopes: scope === null ? null : [...new Set(scope.split(' ').filter(Boolean))],
    mayAct: text('may_act'),
  });
}

function readType(name: string, value: string | null): Result<ExchangedType | null, string> {
  if (value === null) return ok(null);
  if (value === `${tokenType}access_token` || value === `${tokenType}jwt`) return ok('access_token');
  if (value === `${tokenType}refresh_token`) return ok('refresh_token');
  return err(`${said(name, value)} is not supported, expected ${tokenType}access_token or ${tokenType}refresh_token`);
}

/** A token in the wrong place is not repeated. */
function said(name: string, value: string | null): string {
  return value?.startsWith('urn:') ? `${name} ${value}` : name;
}

/** Both or neither (RFC 8693 section 2.1). */
function readActor(token: string | null, type: string | null): Result<string | null, string> {
  if (token === null && type === null) return ok(null);
  if (token === null || type === null) return err('actor_token and actor_token_type come together or not at all');
  const read = readType('actor_token_type', type);
  if (!read.ok) return read;
  return read.value === 'access_token' ? ok(token) : err(`${said('actor_token_type', type)} is not supported`);
}
