/** Why a SCIM request was refused: a value with the status and the `scimType` of RFC 7644 section 3.12. */
import type { PeopleRefusal, PeopleRefusalCode } from '../accounts/refusal.ts';
import { err, type Result } from '../shared/result.ts';

export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidCursor';

export interface ScimProblem {
  readonly status: number;
  readonly scimType?: ScimType;
  /** For the caller: lower case, values in backticks, what was expected. */
  readonly detail: string;
}

export type ScimAnswer<T> = Result<T, ScimProblem>;

/** Status 400 unless another one is given. */
export function scimError(scimType: ScimType, detail: string, status = 400): Result<never, ScimProblem> {
  return err({ status, scimType, detail });
}

export function scimStatus(status: number, detail: string): Result<never, ScimProblem> {
  return err({ status, detail });
}

const ofRefusal: Readonly<Record<PeopleRefusalCode, { readonly status: number; readonly scimType?: ScimType }>> = {
  'not-allowed': { status: 403 },
  'not-found': { status: 404 },
  taken: { status: 409, scimType: 'uniqueness' },
  conflict: { status: 409 },
  invalid: { status: 400, scimType: 'invalidValue' },
  'in-use': { status: 409 },
};

/** What the use cases of accounts and groups refuse, as SCIM says it. */
export function problemOf({ code, message }: PeopleRefusal): ScimProblem {
  return { ...ofRefusal[code], detail: message };
}
