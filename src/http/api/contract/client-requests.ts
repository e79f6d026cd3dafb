/** Endpoints of requests for what only administrators give a client. */
import { z } from 'zod';
import { strictly } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import {
  approvalSchema,
  clientId,
  clientRequestAnswer,
  clientStepSchema,
  newRequestSchema,
  why,
} from '../schemas/clients.ts';
import { pageOf } from '../schemas/common.ts';

const tag = 'Clients';
const params = strictly({ clientId: clientId.describe('Id of the client.') });
const requestParams = strictly({ id: z.uuid('expected the id of a request').describe('Id of the request.') });
const request = { status: 200, description: 'The request.', body: clientRequestAnswer } as const;

export const clientRequestContract = {
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
