/** Endpoints of the questions to the policy (policy-semantics 8, "required queries"). */
import { strictly, word } from '../../../lake/schema/scalars.ts';
import { pageParameters } from '../cursor.ts';
import { declare } from '../declaration.ts';
import { actionName } from '../schemas/common.ts';
import { instantText, logicalPath } from '../schemas/parameters.ts';
import {
  evaluateAnswer,
  evaluateSchema,
  impactAnswer,
  impactSchema,
  issueRecord,
  refusalsAnswer,
  tokensAnswer,
  whoCanAnswer,
} from '../schemas/questions.ts';

const tag = 'Questions';
const scope = 'policy:read';

export const questionContract = {
  evaluate: declare({
    method: 'POST',
    path: '/policy/evaluate',
    tag,
    summary: 'Ask what would be issued, and why',
    description: 'Decides as the token endpoint does, without a token. Everybody may ask about themselves.',
    scope,
    body: evaluateSchema,
    answer: { status: 200, description: 'The decision.', body: evaluateAnswer },
    problems: [403, 404],
  }),
  whoCan: declare({
    method: 'GET',
    path: '/policy/who-can',
    tag,
    summary: 'Ask who may do something at a path',
    scope,
    query: strictly({
      operation: actionName.describe('What is done.'),
      path: logicalPath.describe('Logical path.'),
      at: instantText.optional().describe('Absent: now. For the past, the rules count as they stood then.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'The rules that matter, and whom they let.', body: whoCanAnswer },
    problems: [403],
  }),
  tokens: declare({
    method: 'GET',
    path: '/policy/tokens',
    tag,
    summary: 'Ask which live tokens cover a path',
    scope,
    query: strictly({
      path: logicalPath.describe('Logical path.'),
      operation: actionName.optional().describe('Only tokens that let their bearer do this. Absent: any.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'The tokens, newest first.', body: tokensAnswer },
    problems: [403],
  }),
  impact: declare({
    method: 'POST',
    path: '/policy/impact',
    tag,
    summary: 'Ask what a grant or an embargo would change',
    scope,
    body: impactSchema,
    answer: { status: 200, description: 'Who would be issued something else.', body: impactAnswer },
    problems: [403, 404, 422],
  }),
  why: declare({
    method: 'GET',
    path: '/policy/why/{jti}',
    tag,
    summary: 'Ask why a token has what it has',
    scope,
    params: strictly({ jti: word('a jti').describe('`jti` of the token.') }),
    answer: { status: 200, description: 'What was asked, issued and refused, by which rules.', body: issueRecord },
    problems: [403],
  }),
  refusals: declare({
    method: 'GET',
    path: '/policy/refusals',
    tag,
    summary: 'Ask what was refused',
    scope,
    query: strictly({
      subject: word('a username or `sub`').optional().describe('A username, or the `sub` of tokens.'),
      client: word('a client id').optional().describe('A client id.'),
      from: instantText.optional().describe('Absent: a day before `until`.'),
      until: instantText.optional().describe('Absent: now.'),
      ...pageParameters,
    }),
    answer: { status: 200, description: 'Newest first.', body: refusalsAnswer },
    problems: [403],
  }),
};
