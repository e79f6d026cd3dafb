/** Which access tokens that verifiers still take open a logical path, and whose they are (policy-semantics 8). */
import { isoInstant } from '../policy/explain.ts';
import type { FoundToken, LiveTokens } from '../rules/live-tokens.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { Answer, TokenOut, TokensOut, TokensQuestion } from './questions.ts';
import { readAction, readPage, readPath } from './read.ts';
import type { QuestionStore } from './store.ts';

export interface TokensDeps {
  readonly store: Pick<QuestionStore, 'usernames'>;
  readonly tokens: LiveTokens;
  readonly clock: Clock;
}

export async function tokens({ store, tokens: out, clock }: TokensDeps, question: TokensQuestion): Answer<TokensOut> {
  const path = readPath(question.path);
  if (!path.ok) return path;
  const action = question.operation === undefined ? undefined : readAction(question.operation);
  if (action?.ok === false) return action;
  const page = readPage(question, isCursor);
  if (!page.ok) return page;
  const at = clock.now();
  const found = await out.find({ path: path.value, at, action: action?.value }, page.value);
  const usernames = await store.usernames([...new Set(found.tokens.map(({ subject }) => subject))]);
  return ok({
    path: path.value,
    at: isoInstant(at),
    total: found.count,
    latestExpiry: isoInstant(found.latestExpiry),
    tokens: found.tokens.map((token) => describeToken(token, usernames)),
    next: found.next,
  });
}

/** An instant and a jti (src/storage/live-tokens.ts). */
function isCursor(text: string): boolean {
  return /^\d{1,15}:[!-~]{1,255}$/.test(text);
}

function describeToken(token: FoundToken, usernames: ReadonlyMap<string, string>): TokenOut {
  const client = token.clientId ?? '';
  return {
    jti: token.jti,
    subject: token.subject,
    username: token.subject === client ? null : (usernames.get(token.subject) ?? null),
    client,
    audiences: token.audience,
    scopes: token.reach,
    issuedAt: isoInstant(token.issuedAt),
    expiresAt: isoInstant(token.expiresAt),
  };
}
