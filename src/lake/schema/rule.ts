/** Grants and embargoes of the lake file (policy-semantics, sections 2 and 7). */
import { z } from 'zod';
import { defaultEmbargoTokenSeconds } from '../policy-defaults.ts';
import { actionList, from, instant, path, ruleId, strictly, subject, text, until } from './scalars.ts';
import { audience } from './storage.ts';

const subjectField = subject.describe('`user:<username>`, `group:<path>` or `client:<clientId>`.');

const tokenSeconds = z
  .int()
  .min(1, 'expected 1 to 86400 seconds')
  .max(86_400, 'expected 1 to 86400 seconds')
  .optional();

export const grantSchema = strictly({
  id: ruleId.describe('Name of the grant, shown by `explain` and kept in the issue log.'),
  subject: subjectField,
  actions: actionList.describe('What is granted; `modify` includes create and poll, `stage` includes read and poll.'),
  path: path.describe('Logical path; the grant holds for the path and everything below.'),
  audiences: z
    .array(audience)
    .min(1, 'expected at least one audience')
    .optional()
    .describe('Counts only for requests whose audiences are all among these. Absent: any.'),
  from,
  until,
  embargo: ruleId
    .optional()
    .describe('The embargo whose party this grant was written for by the API; it goes when the party goes.'),
});

const role = z.enum(['pi', 'coi', 'collaboration', 'operator', 'mover']);

export const partySchema = strictly({
  subject: subjectField,
  role: role.optional().describe('What the party is to the embargo.'),
  actions: actionList.describe('Actions admitted, exactly as written.'),
  from,
  until,
  maxTokenLifetimeSeconds: tokenSeconds.describe(
    "Longest token of this party, in seconds, instead of the embargo's; for data movers.",
  ),
});

const who = z
  .array(
    z.union([role, z.literal('embargo-manager'), subject], {
      error: 'expected a role of a party, `embargo-manager`, or a subject',
    }),
  )
  .optional();

const limitsSchema = strictly({
  maxUntil: instant.optional().describe('The latest end to which it may be extended.'),
  whoMayExtend: who.describe('Roles of parties, `embargo-manager`, or subjects.'),
  whoMayRelease: who.describe('Roles of parties, `embargo-manager`, or subjects.'),
});

export const embargoSchema = strictly({
  id: ruleId.describe('Name of the embargo.'),
  title: text().optional().describe('For people; never shown to those whom it stops.'),
  basis: text().optional().describe('Proposal, observation or other reference.'),
  path: path.describe('Logical path of the subtree that is closed.'),
  exempt: z.array(path).optional().describe('Paths below it that stay open, with everything below them.'),
  actions: actionList.optional().describe('What it closes. Default: all five.'),
  from,
  until: instant
    .optional()
    .describe('The release: first instant at which it is open again. Absent: until an event, with `hardLimit`.'),
  hardLimit: instant.optional().describe('Latest end of an embargo without `until`.'),
  retroactive: z
    .boolean()
    .optional()
    .describe('Lets it close data that are open now, although tokens for them are out. Default false.'),
  maxTokenLifetimeSeconds: tokenSeconds.describe(
    `Longest token for the closed subtree, in seconds: the latency of a revocation. Default ${defaultEmbargoTokenSeconds}.`,
  ),
  parties: z.array(partySchema).optional().describe('Whom it admits.'),
  limits: limitsSchema.optional().describe('Who may change it, and how far.'),
  state: z
    .enum(['draft', 'active', 'released', 'withdrawn'])
    .optional()
    .describe('Absent: unchanged, `active` for a new one. Only an active embargo closes anything.'),
});
