/** Questions to the policy and their answers (policy-semantics 8), in the words of src/questions/questions.ts. */
import { z } from 'zod';
import { embargoSchema, grantSchema } from '../../../lake/schema/rule.ts';
import { instant, ruleId, strictly } from '../../../lake/schema/scalars.ts';
import { reasons } from '../../../policy/decision.ts';
import { actionName, anyText, utc } from './common.ts';

const count = z.int().min(0);
const texts = z.array(anyText);
const reasonWord = z.enum(reasons);
const next = anyText.nullable().describe('`cursor` of the next piece; null: nothing follows.');
const policyMode = z.enum(['narrow', 'strict', 'expand']);

// evaluate

const asked = z.string().max(20_000, 'expected at most 20000 characters');

export const evaluateSchema = strictly({
  user: asked.optional().describe('A username. Absent: the client acts for itself.'),
  client: asked.describe('A client id.'),
  audience: asked.optional().describe("Audiences, separated by blanks. Absent: the client's default, or none."),
  scope: asked.optional().describe('Scopes, separated by blanks.'),
  at: instant.optional().describe('The instant of the request. Absent: now.'),
  subjectScope: asked
    .optional()
    .describe(
      'The ceiling of a refresh or an exchange: the scopes that were consented, or those of the subject token.',
    ),
  subjectAudience: asked.optional().describe('The audiences of the subject token. Absent: those now asked.'),
  subjectExpiresAt: instant.optional().describe('When the subject token ends: no token lasts longer.'),
});

const refusal = z.strictObject({ scope: anyText, reason: reasonWord });
const cap = z.strictObject({
  at: utc,
  kind: anyText.describe('What it is: a lifetime, the bound of the flow, the end of a grant or admission, an embargo.'),
  rule: anyText.nullable().describe('The grant, embargo or group; null where there is none.'),
});

const verdict = z.strictObject({
  scope: anyText.describe('As it was asked.'),
  outcome: z.enum(['issued', 'contained', 'refused', 'withheld']),
  as: texts.describe('The scopes in its place.'),
  reason: reasonWord.nullable(),
  because: texts.describe('Rules that decided.'),
  parts: z.array(z.strictObject({ scope: anyText, cap })).describe('Each scope issued, and what would end it.'),
  left: z
    .array(z.strictObject({ path: anyText, reason: reasonWord, because: texts }))
    .describe('What of it was not issued.'),
});

export const evaluateAnswer = z.strictObject({
  granted: texts.describe('The storage scopes.'),
  scope: texts.describe('All scopes, as the token would carry them.'),
  groups: texts,
  refused: z.array(refusal),
  expiresAt: utc.nullable(),
  cappedBy: cap.nullable().describe('What set the end; null when nothing is issued.'),
  error: z.enum(['invalid_scope', 'access_denied']).nullable(),
  because: texts.describe('Rules that decided.'),
  policyVersion: count,
  verdicts: z.array(verdict).describe('One for each scope asked for, in their order.'),
  note: anyText.nullable().describe('What keeps the token endpoint from answering so, beside the policy.'),
  text: anyText.describe('The same for people.'),
});

// who-can

const grantRef = z.strictObject({ id: anyText, subject: anyText });

export const whoCanAnswer = z.strictObject({
  operation: actionName,
  path: anyText,
  at: utc,
  rules: z.enum(['present', 'past']),
  grants: z.array(
    z.strictObject({
      id: anyText,
      subject: anyText,
      path: anyText,
      actions: z.array(actionName),
      audiences: texts.nullable(),
    }),
  ),
  embargoes: z.array(z.strictObject({ id: anyText, path: anyText, admits: texts })),
  subjects: z.array(
    z.strictObject({
      subject: anyText,
      grants: texts,
      admittedTo: texts,
      suffices: z.boolean(),
      members: count.nullable(),
    }),
  ),
  principals: z.array(
    z.strictObject({
      kind: z.enum(['user', 'client']),
      name: anyText,
      id: anyText,
      state: z.enum(['active', 'suspended']),
      grants: z.array(grantRef),
      admissions: z.array(z.strictObject({ embargo: anyText, subject: anyText })),
    }),
  ),
  next,
});

// tokens

export const tokensAnswer = z.strictObject({
  path: anyText,
  at: utc,
  total: count,
  latestExpiry: utc.nullable(),
  tokens: z.array(
    z.strictObject({
      jti: anyText,
      subject: anyText,
      username: anyText.nullable(),
      client: anyText,
      audiences: texts,
      scopes: z.array(
        z.strictObject({ scope: anyText, reach: z.enum(['whole', 'part']), storages: z.array(anyText.nullable()) }),
      ),
      issuedAt: utc,
      expiresAt: utc,
    }),
  ),
  next,
});

// impact

const { id: _grantId, embargo: _ofEmbargo, ...grantFields } = grantSchema.shape;
const { id: _embargoId, state: _state, ...embargoFields } = embargoSchema.shape;
const proposedId = ruleId.optional().describe('An id that a rule has means that rule, changed. Absent: a new one.');

export const impactSchema = strictly({
  grant: strictly({ id: proposedId, ...grantFields }).optional(),
  embargo: strictly({ id: proposedId, ...embargoFields }).optional(),
  draft: ruleId.optional().describe('An embargo that is a draft, by id.'),
  at: instant.optional().describe('Absent: now, or the beginning of the rule when that is later.'),
  limit: z
    .int('expected an integer from 1 to 1000')
    .min(1, 'expected an integer from 1 to 1000')
    .max(1000, 'expected an integer from 1 to 1000')
    .optional()
    .describe('Most entries of `changes`. Default 100.'),
}).refine(
  ({ grant, embargo, draft }) => [grant, embargo, draft].filter((rule) => rule !== undefined).length === 1,
  'expected one of `grant`, `embargo` and `draft`',
);

const decidedScope = z.strictObject({ issued: texts, refused: reasonWord.nullable(), expiresAt: utc.nullable() });
const perKind = z.strictObject({ users: count, clients: count });

export const impactAnswer = z.strictObject({
  rule: z.strictObject({ kind: z.enum(['grant', 'embargo']), id: anyText, path: anyText }),
  at: utc,
  policyVersion: count,
  changes: z.array(
    z.strictObject({
      kind: z.enum(['user', 'client']),
      count,
      names: texts,
      subjects: texts,
      clients: texts,
      policyMode,
      audience: anyText.nullable(),
      asked: anyText,
      before: decidedScope,
      after: decidedScope,
      effect: z.enum(['loses', 'gains', 'both', 'ends-earlier', 'ends-later']),
    }),
  ),
  losing: perKind,
  gaining: perKind,
  largestExpansion: z.strictObject({ before: count, after: count }).nullable(),
  exposure: z.strictObject({ tokens: count, latestExpiry: utc.nullable() }),
  evaluated: count,
  truncated: z.boolean(),
});

// why, refusals

export const issueRecord = z.strictObject({
  event: z.enum(['issued', 'refused']),
  at: utc,
  jti: anyText.nullable(),
  subject: anyText,
  username: anyText.nullable(),
  client: anyText,
  flow: anyText,
  audiences: texts,
  requested: texts,
  issued: texts,
  refused: z.array(z.strictObject({ scope: anyText, reason: reasonWord, meaning: anyText })),
  policyVersion: count,
  expiresAt: utc.nullable(),
  cappedBy: z.strictObject({ kind: anyText, rule: anyText.nullable() }).nullable(),
  parentJti: anyText
    .nullable()
    .describe('The token that was exchanged for this one, or the chain that was refreshed; null: none.'),
  exchangeRules: texts.describe('The rules by which an exchange gave more than the exchanged token.'),
  revoked: z.boolean(),
  rules: z.array(
    z.strictObject({
      id: anyText,
      kind: z.enum(['grant', 'embargo', 'unknown']),
      version: count.nullable(),
      path: anyText.nullable(),
      changes: z.array(
        z.strictObject({
          version: count,
          at: utc,
          change: anyText,
          actor: anyText.nullable(),
          reason: anyText.nullable(),
        }),
      ),
    }),
  ),
});

export const refusalsAnswer = z.strictObject({ entries: z.array(issueRecord), next });
