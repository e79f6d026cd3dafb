/** Endpoints of the acceptable use policy: versions, and who agreed to which. */
import { z } from 'zod';
import { paragraphs } from '../../../lake/schema/enrolment.ts';
import { strictly, text, visibleAscii, word } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';
import { instantText } from '../schemas/parameters.ts';

const tag = 'Acceptable use';

export const policyVersionAnswer = z.strictObject({
  name: anyText,
  title: anyText.nullable(),
  text: anyText,
  url: anyText.nullable(),
  validFrom: utc.nullable().describe('Null: since ever.'),
  validUntil: utc.nullable().describe('When the next version begins; null: it is the last.'),
  validDays: z.int().nullable().describe('A signature lasts so many days; null: until the next version.'),
});

export const signatureAnswer = z.strictObject({
  id: anyText,
  accountId: anyText,
  username: anyText,
  version: anyText,
  signedAt: utc,
  signedBy: anyText.nullable().describe('Username; another one than the account’s signed on its behalf. Null: gone.'),
  address: anyText.nullable().describe('Network address.'),
  endsAt: utc.nullable(),
});

export const newPolicyVersionSchema = strictly({
  name: word('a name', 64).describe('Name of the version, such as `2027-1`.'),
  title: text(200).optional(),
  text: paragraphs(20_000).describe('Plain text; an empty line begins a paragraph.'),
  url: z
    .url({ protocol: /^https?$/, error: 'expected an `https` URL' })
    .max(1000)
    .optional(),
  validFrom: instantText.optional().describe('Absent: at once.'),
  validDays: z.int().min(1).max(3650).optional().describe('Absent: until the next version.'),
  reason: reason.optional().describe('Why; kept in the audit log.'),
});

export const newSignatureSchema = strictly({
  accountId: visibleAscii('an id').describe('Of oneself, or of a service account on whose behalf one signs.'),
  version: word('a name', 64),
  reason: reason.optional().describe('Who is answerable, for a service account; kept in the audit log.'),
});

export const acceptableUseContract = {
  listPolicyVersions: declare({
    method: 'GET',
    path: '/acceptable-use/versions',
    tag,
    summary: 'List versions of the acceptable use policy',
    scope: 'people:read',
    answer: {
      status: 200,
      description: 'All of them, from the newest on.',
      body: z.strictObject({ items: z.array(policyVersionAnswer) }),
    },
    problems: [],
  }),
  publishPolicyVersion: declare({
    method: 'POST',
    path: '/acceptable-use/versions',
    tag,
    summary: 'Publish a version',
    description: 'From its day on, whoever has not agreed to it gets no new tokens.',
    scope: 'people:write',
    body: newPolicyVersionSchema,
    answer: { status: 201, description: 'The version.', body: policyVersionAnswer },
    problems: [409, 422],
  }),
  listSignatures: declare({
    method: 'GET',
    path: '/acceptable-use/signatures',
    tag,
    summary: 'List signatures',
    description: 'For administrators and readers; from the newest on.',
    scope: 'people:read',
    query: strictly({
      version: word('a name', 64).optional().describe('Of this version.'),
      username: text(255).optional().describe('Of this account.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'A piece of the list.', body: pageOf(signatureAnswer, 'The signatures.') },
    problems: [403],
  }),
  signPolicy: declare({
    method: 'POST',
    path: '/acceptable-use/signatures',
    tag,
    summary: 'Agree to a version',
    description: 'For oneself, for a service account that one owns, or, as an administrator, for any service account.',
    scope: 'people:write',
    body: newSignatureSchema,
    answer: { status: 201, description: 'The signature.', body: signatureAnswer },
    problems: [404, 409],
  }),
};
