/** Exchange rules of the lake file (policy-semantics 6, row "exchange rule"): what INDIGO calls exchange policies. */
import { z } from 'zod';
import { from, ruleId, strictly, text, until, visibleAscii } from './scalars.ts';
import { scope } from './scope.ts';
import { audience } from './storage.ts';

const matcher = z.union(
  [
    z.literal('any'),
    strictly({ client: visibleAscii('a client id').describe('The client with this id.') }),
    strictly({ scope: scope.describe('Clients whose registration names this scope.') }),
  ],
  { error: 'expected `any`, `{ client: <clientId> }` or `{ scope: <scope> }`' },
);

const scopes = z.array(scope).optional();

export const exchangeRuleSchema = strictly({
  id: ruleId.describe('Name of the rule; each use of it stands in the issue log under this name.'),
  description: text().optional().describe('For people.'),
  effect: z
    .enum(['permit', 'deny'])
    .optional()
    .describe(
      '`deny` forbids the exchange. Of the rules that apply, those that name both clients most exactly decide; among them `deny` goes first. Default `permit`.',
    ),
  origin: matcher.describe('For whom the subject token was issued: `any`, or an object with one of the fields below.'),
  target: matcher.describe('Who exchanges it, likewise.'),
  audiences: z
    .array(audience)
    .min(1, 'expected at least one audience')
    .optional()
    .describe(
      'Counts only for subject tokens with one of these in `aud`, or another name of the same storage. Absent: any.',
    ),
  scopes: scopes.describe(
    'What may be asked for beyond the subject token, as far as the user and the client that exchanges have it themselves: storage scopes in logical paths, and words.',
  ),
  originScopes: z
    .boolean()
    .optional()
    .describe('Whether all scopes of the origin client may be asked for, too. Default false.'),
  only: scopes.describe('All that may be asked for in the exchange, in the same form. Absent: no such limit.'),
  withheld: scopes.describe(
    'What may not be asked for in the exchange: storage scopes in logical paths, with all that reaches into them, and words.',
  ),
  from,
  until,
});
