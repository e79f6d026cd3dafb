/** Values in paths and queries: texts that stand for numbers and instants. */
import { z } from 'zod';
import { instant, path } from '../../../lake/schema/scalars.ts';

/** Decimal digits; the document shows an integer. */
export function integerText(least: number, most: number) {
  const message = `expected an integer from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message)
    .meta({ type: 'integer', minimum: least, maximum: most, pattern: undefined });
}

/** Milliseconds since the epoch, from an instant with its zone. */
export const instantText = instant.transform((text) => Date.parse(text));

/** In canonical form; the document shows its grammar (policy-semantics 2.2). */
export const logicalPath = path.meta({ examples: ['/cta/open'] });
