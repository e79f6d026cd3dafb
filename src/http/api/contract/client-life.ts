/** Endpoints of clients: their definition, owners, secrets, and requests for more. */
import { z } from 'zod';
import { grantedSchema } from '../../../clients/granted-schema.ts';
import { clientSchema } from '../../../lake/schema/client.ts';
import { strictly, text, visibleAscii, word } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { anyText, pageOf, reason, utc } from '../schemas/common.ts';

const tag = 'Clients';
const clientId = visibleAscii('a client id');
const params = strictly({ clientId: clientId.describe('Id of the client.') });
const requestParams = strictly({ id: z.uuid('expected the id of a request').describe('Id of the request.') });

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

const why = reason.optional().describe('Why; kept in the audit log.');
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

const client = { status: 200, description: 'The client.', body: clientAnswer } as const;
const request = { status: 200, description: 'The request.', body: clientRequestAnswer } as const;
const yes = z.enum(['true']).optional();

export const clientLifeContract = {
  listClients: declare({
    method: 'GET',
    path: '/clients',
    tag,
    summary: 'List clients',
    description: 'Administrators and readers see all, others those that they own.',
    scope: 'people:read',
    query: strictly({
      search: text(200).optional().describe('Any part of the id or the name, or the beginning of an owner’s username.'),
      state: z.enum(['active', 'suspended']).optional().describe('Only those in this state.'),
      origin: z
        .enum(['lake-file', 'administrator', 'registration'])
        .optional()
        .describe('Only those that came to be so.'),
      unused: yes.describe('Without a token for as long as `registration.unusedDays` of the lake file.'),
      withoutOwner: yes.describe('Nobody who can sign in owns it.'),
      waiting: yes.describe('Something is asked for it.'),
      ...pageParameters,
    }),
    answer: {
      status: 200,
      description: 'A piece of the list, by id.',
      body: pageOf(clientSummaryAnswer, 'The clients.'),
    },
    problems: [403],
  }),
  createClient: declare({
    method: 'POST',
    path: '/clients',
    tag,
    summary: 'Make a client',
    description:
      'Administrators say all that the lake file may; others what dynamic registration may, and own the client.',
    scope: 'people:write',
    body: newClientSchema,
    answer: {
      status: 201,
      description: 'The client, and its secret this once.',
      body: createdClientAnswer,
      location: true,
    },
    problems: [409, 422],
  }),
  getClient: declare({
    method: 'GET',
    path: '/clients/{clientId}',
    tag,
    summary: 'Show a client',
    scope: 'people:read',
    params,
    answer: client,
    problems: [404],
  }),
  changeClient: declare({
    method: 'PATCH',
    path: '/clients/{clientId}',
    tag,
    summary: 'Change a client',
    description: 'Owners change what a registration may say; what administrators granted stays.',
    scope: 'people:write',
    params,
    body: changedClientSchema,
    answer: client,
    problems: [404, 422],
  }),
  removeClient: declare({
    method: 'DELETE',
    path: '/clients/{clientId}',
    tag,
    summary: 'Delete a client',
    description: 'With everything issued to it.',
    scope: 'people:write',
    params,
    query: strictly({ reason: why }),
    answer: { status: 200, description: 'Its id.', body: removedClient },
    problems: [404],
  }),
  suspendClient: declare({
    method: 'POST',
    path: '/clients/{clientId}/suspend',
    tag,
    summary: 'Suspend a client',
    description: 'It gets nothing in any flow, and its refresh chains end. For administrators.',
    scope: 'people:write',
    params,
    body: clientStepSchema,
    answer: client,
    problems: [404],
  }),
  restoreClient: declare({
    method: 'POST',
    path: '/clients/{clientId}/restore',
    tag,
    summary: 'Restore a suspended client',
    description: 'By an owner where nobody used it, else by administrators.',
    scope: 'people:write',
    params,
    body: strictly({ reason: why }),
    answer: client,
    problems: [404, 409],
  }),
  setClientOwners: declare({
    method: 'PUT',
    path: '/clients/{clientId}/owners',
    tag,
    summary: 'Set the owners of a client',
    description: 'For administrators.',
    scope: 'people:write',
    params,
    body: clientOwnersSchema,
    answer: client,
    problems: [404, 422],
  }),
  setClientGrants: declare({
    method: 'PUT',
    path: '/clients/{clientId}/granted',
    tag,
    summary: 'Set what is granted to a client',
    description: 'Beside what its owner chooses; it replaces what was granted. For administrators.',
    scope: 'people:write',
    params,
    body: clientGrantsSchema,
    answer: client,
    problems: [404, 422],
  }),
  addClientSecret: declare({
    method: 'POST',
    path: '/clients/{clientId}/secrets',
    tag,
    summary: 'Make a second secret',
    description: 'Both are valid until the one of before ends.',
    scope: 'people:write',
    params,
    body: newSecretSchema,
    answer: { status: 201, description: 'The client, and the new secret this once.', body: createdClientAnswer },
    problems: [404, 409, 422],
  }),
  endClientSecret: declare({
    method: 'DELETE',
    path: '/clients/{clientId}/secrets/{slot}',
    tag,
    summary: 'End one of two secrets',
    scope: 'people:write',
    params: strictly({
      clientId: clientId.describe('Id of the client.'),
      slot: z.enum(['present', 'previous']).describe('Which of the two.'),
    }),
    answer: client,
    problems: [404, 409],
  }),
  askForClient: declare({
    method: 'POST',
    path: '/clients/{clientId}/requests',
    tag,
    summary: 'Ask for more for a client',
    description: 'Scopes, audiences and grant types that only administrators grant. By an owner.',
    scope: 'people:write',
    params,
    body: newRequestSchema,
    answer: { status: 201, description: 'The request.', body: clientRequestAnswer, location: true },
    problems: [404, 409, 422],
  }),
  listClientRequests: declare({
    method: 'GET',
    path: '/client-requests',
    tag,
    summary: 'List requests for clients',
    description: 'Oldest first. Administrators and readers see all, owners those of one client.',
    scope: 'people:read',
    query: strictly({
      clientId: clientId.optional().describe('Only those for this client.'),
      state: z
        .enum(['waiting', 'approved', 'refused', 'withdrawn', 'expired'])
        .optional()
        .describe('Only those in this state.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'A piece of the list.', body: pageOf(clientRequestAnswer, 'The requests.') },
    problems: [403],
  }),
  getClientRequest: declare({
    method: 'GET',
    path: '/client-requests/{id}',
    tag,
    summary: 'Show a request',
    scope: 'people:read',
    params: requestParams,
    answer: request,
    problems: [404],
  }),
  approveClientRequest: declare({
    method: 'POST',
    path: '/client-requests/{id}/approve',
    tag,
    summary: 'Grant what is asked, or a part of it',
    description: 'For administrators.',
    scope: 'people:write',
    params: requestParams,
    body: approvalSchema,
    answer: request,
    problems: [404, 409, 422],
  }),
  refuseClientRequest: declare({
    method: 'POST',
    path: '/client-requests/{id}/refuse',
    tag,
    summary: 'Refuse a request',
    description: 'The owners are told the reason. For administrators.',
    scope: 'people:write',
    params: requestParams,
    body: clientStepSchema,
    answer: request,
    problems: [404, 409],
  }),
  withdrawClientRequest: declare({
    method: 'POST',
    path: '/client-requests/{id}/withdraw',
    tag,
    summary: 'Withdraw a request',
    scope: 'people:write',
    params: requestParams,
    body: strictly({ reason: why }),
    answer: request,
    problems: [404, 409],
  }),
};
