/** Checks the claims of an access token (wlcg-tokens.md section 1.2, W-AT-2, W-AUD-4, W-RS-5, W-RS-7). */

import { anyAudience } from '../policy/audience.ts';
import { ok, type Result } from '../shared/result.ts';
import { parseCapabilities } from './capability.ts';
import { quote, refuse, type ValidationError } from './validation-error.ts';

/** The claims that the profile defines; others are not for authorization and are left out (W-CLM-13). */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** Seconds since the epoch, as the other dates. */
  readonly exp: number;
  readonly iat: number;
  readonly nbf?: number;
  readonly jti: string;
  readonly scope: string;
  readonly 'wlcg.ver': string;
  readonly 'wlcg.groups'?: readonly string[];
  readonly client_id?: string;
  readonly acr?: string;
  readonly eduperson_assurance?: readonly string[];
}

export interface ClaimExpectations {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Any one of them is enough; `unchecked` accepts a token for anybody. */
  readonly audiences: readonly string[] | 'unchecked';
}

/** W-RS-7: skew allowed before `nbf`; none is given after `exp` (W-CLM-5). */
const notBeforeSkewSeconds = 60;

/** The SciTokens wildcard, which is not valid in a WLCG token (W-AUD-4). */
export const sciTokensAnyAudience = 'ANY';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value !== '';
const isTextList: Check = (value) => Array.isArray(value) && value.every((member) => typeof member === 'string');
const isDate: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSubject: Check = (value) => typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value);
const isAudience: Check = (value) => isText(value) || (isTextList(value) && (value as string[]).length > 0);

/** `scope` is optional by the text; it is demanded, as without it a token gives no rights and an ID token could pass (I-SCOPE). */
const required: Readonly<Record<string, readonly [check: Check, expected: string]>> = {
  sub: [isSubject, '1 to 255 ASCII characters'],
  aud: [isAudience, 'a string or an array of strings'],
  exp: [isDate, 'an integer'],
  iat: [isDate, 'an integer'],
  jti: [isText, 'a string'],
  'wlcg.ver': [(value) => typeof value === 'string' && /^\d+\.\d+$/.test(value), 'a version such as `1.0`'],
  scope: [(value) => typeof value === 'string', 'a string'],
};

const optional: typeof required = {
  nbf: [isDate, 'an integer'],
  'wlcg.groups': [isTextList, 'an array of strings'],
  client_id: [isText, 'a string'],
  acr: [isText, 'a string'],
  eduperson_assurance: [isTextList, 'an array of strings'],
};

/** The token's claims when all of them hold at this instant; `iss` is checked before, with the key. */
export function checkClaims(
  payload: Readonly<Record<string, unknown>>,
  { now, audiences }: ClaimExpectations,
): Result<TokenClaims, ValidationError> {
  const bad = findBadClaim(payload);
  if (bad !== undefined) return bad;
  const claims = knownClaims(payload);
  return (
    findBadVersion(claims) ??
    findBadTime(claims, now / 1000) ??
    findBadAudience(claims, audiences) ??
    findBadScope(claims) ??
    ok(claims)
  );
}

type Refused = Result<never, ValidationError> | undefined;

function findBadClaim(payload: Readonly<Record<string, unknown>>): Refused {
  const missing = Object.keys(required).find((name) => !Object.hasOwn(payload, name));
  if (missing !== undefined) return refuse('claim_missing', `claim ${quote(missing)} is missing`);
  for (const [name, [check, expected]] of Object.entries({ ...required, ...optional })) {
    if (Object.hasOwn(payload, name) && !check(payload[name])) {
      return refuse('claim_invalid', `claim ${quote(name)} is not valid, expected ${expected}`);
    }
  }
  return undefined;
}

/** W-RS-5: the major number must be known; a newer minor number is accepted. */
function findBadVersion(claims: TokenClaims): Refused {
  const version = claims['wlcg.ver'];
  if (version.startsWith('1.')) return undefined;
  return refuse('version_unsupported', `\`wlcg.ver\` ${quote(version)} not supported, expected \`1\` with any minor`);
}

function findBadTime({ exp, nbf }: TokenClaims, nowSeconds: number): Refused {
  if (nowSeconds >= exp) return refuse('token_expired', `token expired at ${instant(exp)}`);
  if (nbf !== undefined && nbf > nowSeconds + notBeforeSkewSeconds) {
    return refuse('token_not_yet_valid', `token is not valid before ${instant(nbf)}`);
  }
  return undefined;
}

/** `exp` may be beyond the range of dates. */
function instant(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? quote(seconds) : quote(date.toISOString());
}

/** W-AUD-4: exact comparison, any element counts. */
function findBadAudience({ aud }: TokenClaims, audiences: ClaimExpectations['audiences']): Refused {
  const present = [aud].flat().filter((audience) => audience !== sciTokensAnyAudience);
  if (audiences === 'unchecked' && present.length > 0) return undefined;
  const accepted = audiences === 'unchecked' ? [] : audiences;
  if (present.some((audience) => audience === anyAudience || accepted.includes(audience))) return undefined;
  const expected = accepted.map(quote).join(', ') || 'an audience of the WLCG profile';
  return refuse(
    'audience_mismatch',
    `audience ${[aud].flat().map(quote).join(', ')} not accepted, expected ${expected}`,
  );
}

function findBadScope({ scope }: TokenClaims): Refused {
  const capabilities = parseCapabilities(scope);
  if (capabilities.ok) return undefined;
  return refuse('scope_malformed', `scope ${quote(capabilities.error)} not accepted, expected \`name:/absolute/path\``);
}

/** The types hold as `findBadClaim` has found nothing. */
function knownClaims(payload: Readonly<Record<string, unknown>>): TokenClaims {
  const names = ['iss', ...Object.keys(required), ...Object.keys(optional)];
  const known = names.filter((name) => Object.hasOwn(payload, name)).map((name) => [name, payload[name]]);
  return Object.fromEntries(known) as unknown as TokenClaims;
}
