/** Endpoints of clients: their definition, owners and secrets. */
import { z } from 'zod';
import { strictly, text } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import {
  changedClientSchema,
  clientAnswer,
  clientGrantsSchema,
  clientId,
  clientOwnersSchema,
  clientStepSchema,
  clientSummaryAnswer,
  createdClientAnswer,
  newClientSchema,
  newSecretSchema,
  removedClient,
  why,
} from '../schemas/clients.ts';
import { pageOf } from '../schemas/common.ts';

const tag = 'Clients';
const params = strictly({ clientId: clientId.describe('Id of the client.') });
const client = { status: 200, description: 'The client.', body: clientAnswer } as const;
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
};
