/** A group of the lake file (WLCG profile section 4). */
import { z } from 'zod';
import { groupPath, strictly, text } from './scalars.ts';

export const groupSchema = strictly({
  path: groupPath.describe('Path below the group of the VO, `/vo/name`; a parent is declared before its children.'),
  description: text().optional().describe('What the group is for.'),
  default: z
    .boolean()
    .optional()
    .describe('Whether it is asserted whenever groups are asked for (W-GRP-3), in the order of the file.'),
  optional: z
    .boolean()
    .optional()
    .describe('Says outright that it is asserted only when named; the default. Not together with `default`.'),
});
