/** Grants and embargoes as the API shows and takes them; the fields are those of the lake file. */
import { z } from 'zod';
import { embargoSchema, grantSchema, partySchema } from '../../../lake/schema/rule.ts';
import { instant, path, strictly } from '../../../lake/schema/scalars.ts';
import { actionName, anyText, exposureSchema, reason, utc, writtenFields } from './common.ts';

const reasonField = reason.optional().describe('Why; kept in the history.');

const version = z.int().min(1).describe('Its version, which its ETag names.');
const bounds = { from: utc.nullable(), until: utc.nullable() };

// What is asked.

const { id: grantId, embargo: _ofEmbargo, ...grantFields } = grantSchema.shape;
const { id: embargoId, state: _state, ...embargoFields } = embargoSchema.shape;

/** A name is made up when there is none. */
export const newGrantSchema = strictly({ id: grantId.optional(), ...grantFields, reason: reasonField });
export const changedGrantSchema = strictly({ ...grantFields, reason: reasonField });

export const newEmbargoSchema = strictly({
  id: embargoId.optional(),
  ...embargoFields,
  state: z.enum(['draft', 'active']).optional().describe('A draft closes nothing. Default `active`.'),
  reason: reasonField,
});
export const changedEmbargoSchema = strictly({ ...embargoFields, reason: reasonField });

/** For steps of the life cycle that need no more. */
export const stepSchema = strictly({ reason: reasonField }).prefault({});

export const extensionSchema = strictly({
  until: instant.describe('The new end; of an embargo until an event, the new hard limit.'),
  reason: reason.describe('Why; kept in the history.'),
});

export const releaseSchema = strictly({
  at: instant.optional().describe('The new end, earlier than the present one. Absent: now.'),
  reason: reasonField,
}).prefault({});

export const newPartySchema = strictly({ ...partySchema.shape, reason: reasonField });

export const exemptionSchema = strictly({
  path: path.describe('A logical path below that of the embargo; it and everything below stays open.'),
  reason: reasonField,
});

// What is answered.

export const grantAnswer = z.strictObject({
  id: anyText,
  subject: anyText,
  actions: z.array(actionName),
  path: anyText,
  audiences: z.array(anyText).nullable(),
  ...bounds,
  embargo: anyText.nullable().describe('The embargo for whose party it was written; null: it stands for itself.'),
});

export const versionedGrant = z.strictObject({ ...grantAnswer.shape, version });

export const partyAnswer = z.strictObject({
  subject: anyText,
  role: anyText.nullable(),
  actions: z.array(actionName),
  ...bounds,
  maxTokenLifetimeSeconds: z.int().nullable(),
});

const limitsAnswer = z.strictObject({
  maxUntil: utc.nullable(),
  whoMayExtend: z.array(anyText).nullable(),
  whoMayRelease: z.array(anyText).nullable(),
});

export const embargoAnswer = z.strictObject({
  id: anyText,
  title: anyText.nullable(),
  basis: anyText.nullable(),
  path: anyText,
  exempt: z.array(anyText),
  actions: z.array(actionName),
  ...bounds,
  hardLimit: utc.nullable(),
  retroactive: z.boolean(),
  maxTokenLifetimeSeconds: z.int(),
  parties: z.array(partyAnswer),
  limits: limitsAnswer.nullable(),
  state: z.enum(['draft', 'active', 'released', 'withdrawn']).describe('As it was set.'),
});

export const versionedEmbargo = z.strictObject({
  ...embargoAnswer.shape,
  phase: z
    .enum(['draft', 'scheduled', 'active', 'released', 'withdrawn'])
    .describe(
      'Where it stands now: an active one is `scheduled` before its beginning and `released` from its end on. It follows the clock, so that the ETag does not change with it.',
    ),
  version,
});

export const writtenGrant = z.strictObject({ grant: versionedGrant, ...writtenFields });

export const removedGrant = z.strictObject({ removed: grantAnswer, ...writtenFields });

const liveToken = z.strictObject({
  jti: anyText,
  subject: anyText.describe('`sub` of the token: an account id or a client id.'),
  client: anyText.nullable(),
  audiences: z.array(anyText),
  scopes: z.array(anyText),
  expiresAt: utc,
});

const remainderSchema = z
  .strictObject({
    revokedRefreshTokens: z.int().min(0).describe('Refresh tokens that were revoked with the change.'),
    count: z.int().min(0).describe('Access tokens that verifiers take until they expire.'),
    latestExpiry: utc.nullable(),
    tokens: z.array(liveToken).describe('The first thousand of them.'),
  })
  .describe('What a removed party still holds.');

export const writtenEmbargo = z.strictObject({
  embargo: versionedEmbargo,
  ...writtenFields,
  exposure: exposureSchema.optional(),
  remainder: remainderSchema.optional(),
});

/** One entry of a history. */
export function historyEntry<R extends z.ZodType>(record: R) {
  return z.strictObject({
    version,
    policyVersion: writtenFields.policyVersion,
    at: utc,
    change: anyText.describe('`created`, `changed`, `extended`, `released`, `removed`, …'),
    actor: anyText.describe('`user:<username>`, `client:<clientId>`, `operator`, or `database:<role>`.'),
    reason: anyText.nullable(),
    record: record.nullable().describe('As it was from then on; null: it was removed.'),
  });
}

export const grantHistoryEntry = historyEntry(grantAnswer);
export const embargoHistoryEntry = historyEntry(embargoAnswer);
