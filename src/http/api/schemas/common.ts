/** What the answers of several endpoints have in common. */
import { z } from 'zod';
import { actions } from '../../../policy/rule.ts';

/** As answers write instants. */
export const utc = z.iso.datetime({ error: 'expected an instant in UTC' }).meta({ pattern: undefined });

export const actionName = z.enum(actions);

/** Answers do not repeat the grammar of what was stored. */
export const anyText = z.string();

export const policyVersion = z
  .int()
  .min(0)
  .describe('The version of the policy: decisions of this version and of later ones know of the change.');

/** One piece of a list. */
export function pageOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.strictObject({
    items: z.array(item).describe(what),
    next: z.string().nullable().describe('`cursor` of the next piece; null: nothing follows.'),
  });
}

/** Why a write is made. */
export const reason = z
  .string()
  .min(1, 'expected a text of 1 to 1000 characters')
  .max(1000, 'expected a text of 1 to 1000 characters')
  .regex(/^\P{Cc}*$/u, 'expected a text without control characters')
  .refine((value) => value.isWellFormed(), 'expected well-formed Unicode');

export const exposureSchema = z
  .strictObject({
    tokens: z.int().min(0).describe('How many tokens that were issued before are out.'),
    latestExpiry: utc.nullable().describe('When the last of them ends; null: none is out.'),
  })
  .describe('Tokens that may open the path until they expire.');

/** What the write of every rule says beside the rule. */
export const writtenFields = {
  policyVersion,
  warnings: z.array(z.string()).describe('What is allowed but may surprise.'),
};
