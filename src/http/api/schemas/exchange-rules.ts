/** Exchange rules as the API shows and takes them; the fields are those of the lake file. */
import { z } from 'zod';
import { exchangeRuleSchema } from '../../../lake/schema/exchange-rule.ts';
import { strictly } from '../../../lake/schema/scalars.ts';
import { anyText, reason, utc, writtenFields } from './common.ts';
import { historyEntry } from './rules.ts';

const reasonField = reason.optional().describe('Why; kept in the history.');
const { id, ...fields } = exchangeRuleSchema.shape;

/** A name is made up when there is none. */
export const newExchangeRuleSchema = strictly({ id: id.optional(), ...fields, reason: reasonField });
export const changedExchangeRuleSchema = strictly({ ...fields, reason: reasonField });

const matcherAnswer = z.union([
  z.literal('any'),
  z.strictObject({ client: anyText }),
  z.strictObject({ scope: anyText }),
]);

export const exchangeRuleAnswer = z.strictObject({
  id: anyText,
  description: anyText.nullable(),
  effect: z.enum(['permit', 'deny']),
  origin: matcherAnswer,
  target: matcherAnswer,
  audiences: z.array(anyText).nullable(),
  scopes: z.array(anyText),
  originScopes: z.boolean(),
  only: z.array(anyText).nullable(),
  withheld: z.array(anyText),
  from: utc.nullable(),
  until: utc.nullable(),
});

export const versionedExchangeRule = z.strictObject({
  ...exchangeRuleAnswer.shape,
  version: z.int().min(1).describe('Its version, which its ETag names.'),
});
export const writtenExchangeRule = z.strictObject({ exchangeRule: versionedExchangeRule, ...writtenFields });
export const removedExchangeRule = z.strictObject({ removed: exchangeRuleAnswer, ...writtenFields });
export const exchangeRuleHistoryEntry = historyEntry(exchangeRuleAnswer);
