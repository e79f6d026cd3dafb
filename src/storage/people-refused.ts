/** Carries a refusal out of a transaction, which is rolled back by it. */
import type { PeopleRefusalCode } from '../accounts/refusal.ts';

export class PeopleRefused extends Error {
  readonly code: PeopleRefusalCode;
  readonly field: string | undefined;

  constructor(code: PeopleRefusalCode, message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
