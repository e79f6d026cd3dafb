/** Shapes of clients in the API: their definition, owners, secrets, and requests for more. */
import { z } from 'zod';
import { grantedSchema } from '../../../clients/granted-schema.ts';
import { clientSchema } from '../../../lake/schema/client.ts';
import { strictly, text, visibleAscii, word } from '../../../lake/schema/scalars.ts';
import { anyText, reason, utc } from './common.ts';

export const clientId = visibleAscii('a client id');

const {
  clientId: _id,
  clientSecret: _secret,
  clientSecretHash: _hash,
  groups: _groups,
  owners,
  state: _state,
  ...fields
} = clientSchema.shape;
const definition = strictly(fields);
const fieldName = z.enum(Object.keys(fields) as [keyof typeof fields, ...(keyof typeof fields)[]]);

export const why = reason.optional().describe('Why; kept in the audit log.');
const day = anyText.nullable().describe('Day in UTC; null: never.');

export const newClientSchema = strictly({
  clientId: clientId.optional().describe('Made by the server when absent. For administrators.'),
  definition: definition.describe('As in the lake file. Who is no administrator may say what a registration may.'),
  granted: grantedSchema.optional().describe('Beside what its owner chooses. For administrators.'),
  owners: owners.describe('Usernames; absent: who makes it. For administrators.'),
  reason: why,
});
export const changedClientSchema = strictly({
  definition: definition.optional().describe('What changes. Absent fields stay.'),
  reset: z
    .array(fieldName)
    .max(64, 'expected at most 64 names')
    .optional()
    .describe('Fields that go back to their default.'),
  reason: why,
});
export const clientStepSchema = strictly({ reason: reason.describe('Why; kept in the audit log.') });
export const clientOwnersSchema = strictly({
  owners: z
    .array(word('a username'))
    .max(50, 'expected at most 50 owners')
    .describe('Usernames; they replace the present ones.'),
  reason: why,
});
export const clientGrantsSchema = strictly({ granted: grantedSchema, reason: why });
export const newSecretSchema = strictly({
  overlapDays: z
    .int()
    .min(0, 'expected 0 to 90 days')
    .max(90, 'expected 0 to 90 days')
    .optional()
    .describe('How long the present secret stays valid. Default 14; 0 ends it at once.'),
  reason: why,
});
export const newRequestSchema = strictly({
  asked: grantedSchema.describe('What is asked for.'),
  note: text(1000).describe('What it is for.'),
});
export const approvalSchema = strictly({
  granted: grantedSchema.optional().describe('The part that is granted. Absent: all that was asked.'),
  reason: why,
});

const grants = z.record(z.string(), z.unknown());
const summary = {
  clientId: anyText,
  name: anyText.nullable(),
  origin: z.enum(['lake-file', 'administrator', 'registration']).describe('How it came to be.'),
  state: z.enum(['active', 'suspended']),
  createdAt: utc,
  lastUsedOn: day,
  waitingRequests: z.int().min(0),
};
export const clientSummaryAnswer = z.strictObject({ ...summary, owners: z.array(anyText).describe('Usernames.') });

export const clientSecretAnswer = z.strictObject({
  slot: z.enum(['present', 'previous']),
  createdAt: utc.nullable(),
  lastUsedOn: day,
  endsAt: utc.nullable().describe('Null: without end.'),
});

export const clientAnswer = z.strictObject({
  ...summary,
  owners: z.array(z.strictObject({ username: anyText, name: anyText.nullable(), usable: z.boolean() })),
  invited: z.array(anyText).describe('Usernames that were asked to own it.'),
  own: grants.describe('What its owner or the lake file chose.'),
  granted: grants.describe('What administrators granted beside it.'),
  effective: grants.describe('Both together: what counts.'),
  suspension: z
    .strictObject({
      at: utc.nullable(),
      because: anyText.nullable(),
      by: z.enum(['unused', 'administrator']).nullable().describe('Null: by the lake file.'),
    })
    .nullable(),
  updatedAt: utc,
  registeredBy: anyText.nullable(),
  secrets: z.array(clientSecretAnswer),
});

export const createdClientAnswer = z.strictObject({
  client: clientAnswer,
  clientSecret: anyText.nullable().describe('Shown once; null: it proves itself without one.'),
});
export const removedClient = z.strictObject({ removed: anyText.describe('The id.') });

export const clientRequestAnswer = z.strictObject({
  id: anyText,
  clientId: anyText,
  clientName: anyText.nullable(),
  askedBy: anyText.nullable().describe('Username; null: the account has gone.'),
  asked: grants,
  note: anyText,
  state: z.enum(['waiting', 'approved', 'refused', 'withdrawn', 'expired']),
  createdAt: utc,
  expiresAt: utc,
  decidedAt: utc.nullable(),
  decidedBy: anyText.nullable(),
  reason: anyText.nullable(),
  approved: grants.nullable(),
});
