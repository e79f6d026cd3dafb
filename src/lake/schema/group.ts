/** A group of the lake file (WLCG profile section 4). */
import { z } from 'zod';
import { groupPath, labels, strictly, text } from './scalars.ts';
import { capability } from './scope.ts';

/** As many storage scopes as a token may have (policy-semantics 2.2). */
const maxCapabilities = 50;

export const groupSchema = strictly({
  id: z
    .uuid('expected a UUID')
    .transform((id) => id.toLowerCase())
    .optional()
    .describe('Stays when the path changes; generated when absent, and never changed.'),
  path: groupPath.describe('Path below the group of the VO, `/vo/name`; a parent is declared before its children.'),
  description: text().optional().describe('What the group is for.'),
  labels: labels.optional().describe('Names and values for administrators and scripts. Absent: unchanged.'),
  default: z
    .boolean()
    .optional()
    .describe('Whether it is asserted whenever groups are asked for (W-GRP-3), in the order of the file.'),
  optional: z
    .boolean()
    .optional()
    .describe('Says outright that it is asserted only when named; the default. Not together with `default`.'),
  capabilitySet: z
    .array(capability)
    .min(1, `expected 1 to ${maxCapabilities} scopes`)
    .max(maxCapabilities, `expected 1 to ${maxCapabilities} scopes`)
    .refine((scopes) => new Set(scopes).size === scopes.length, 'expected each scope once')
    .optional()
    .describe(
      'What `wlcg.capabilityset:<path>` stands for (W-CAP-4): scopes, storage scopes in logical paths. Members of the group get all of it or `access_denied`.',
    ),
});
