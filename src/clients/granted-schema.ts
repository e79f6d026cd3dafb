/** Reads what is to be granted to a client: scopes, audiences and grant types as the lake file writes them. */
import { z } from 'zod';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { clientSchema } from '../lake/schema/client.ts';
import { strictly } from '../lake/schema/scalars.ts';
import { ok } from '../shared/result.ts';
import { type ClientGrants, withoutEmpty } from './grants.ts';

const { scopes, audiences, grantTypes } = clientSchema.shape;

export const grantedSchema = strictly({
  scopes: scopes
    .unwrap()
    .max(256, 'expected at most 256 scopes')
    .optional()
    .describe('What it may ask for, in logical paths.'),
  audiences: audiences
    .unwrap()
    .max(256, 'expected at most 256 audiences')
    .optional()
    .describe('What it may ask tokens for, where its audiences are limited.'),
  grantTypes: grantTypes
    .unwrap()
    .max(16, 'expected at most 16 grant types')
    .optional()
    .describe('Flows that it may use.'),
  exchangeOffline: z.boolean().optional().describe('Whether it may exchange an access token for a refresh token.'),
  privileged: z.boolean().optional().describe('A service that is never throttled.'),
});

/** A refusal names the first field that is wrong. */
export function readGrants(given: unknown): PeopleAnswer<ClientGrants> {
  const parsed = grantedSchema.safeParse(given);
  if (parsed.success) return ok(withoutEmpty(parsed.data));
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0] ?? '');
  return refused('invalid', issue?.message ?? 'expected grants', field === '' ? undefined : field);
}
