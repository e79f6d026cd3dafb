/** `lifeCycle` of the lake file: what happens before and after the end of an account. */
import { z } from 'zod';
import { strictly } from './scalars.ts';

const days = (least: number) =>
  z.int().min(least, `expected ${least} to 3650 days`).max(3650, `expected ${least} to 3650 days`);

/** Without the setting. */
export const defaultWarnDays: readonly number[] = [30, 7];

export const lifeCycleSchema = strictly({
  warnDays: z
    .array(days(1))
    .max(10, 'expected at most 10 warnings')
    .optional()
    .describe(
      `So many days before the end of an account a mail warns of it; empty: never. Default ${defaultWarnDays.join(' and ')}.`,
    ),
  suspendInactiveDays: days(30)
    .optional()
    .describe(
      'A person without roles who neither logged in nor used a refresh token for so many days, and whose account was not changed, is suspended, with the warnings of an end. Absent: never.',
    ),
  removeAfterDays: days(1)
    .optional()
    .describe(
      'So many days after its end, or after its suspension for inactivity, an account is removed for ever. Absent: never.',
    ),
});
