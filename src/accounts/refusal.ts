/** Why a change of people or groups was refused: a value that names the field or the object and says what was expected. */
import { err, type Result } from '../shared/result.ts';

export type PeopleRefusalCode =
  | 'not-allowed'
  | 'not-found'
  /** Something of that name or address exists, or it was given to somebody who is gone. */
  | 'taken'
  /** What is present is not what the writer had seen, or another change came first. */
  | 'conflict'
  /** A value that cannot be; `field` names it. */
  | 'invalid'
  /** Right by itself, but not now: the last way in, the last administrator, a group with children. */
  | 'in-use';

export interface PeopleRefusal {
  readonly code: PeopleRefusalCode;
  /** For whoever asked: lower case, values in backticks, what was expected. Never tells what the actor may not see. */
  readonly message: string;
  /** Name of the field of the request, where one is to blame. */
  readonly field?: string;
}

export type PeopleAnswer<T> = Result<T, PeopleRefusal>;

export function refused(code: PeopleRefusalCode, message: string, field?: string): Result<never, PeopleRefusal> {
  return err({ code, message, ...(field !== undefined && { field }) });
}
