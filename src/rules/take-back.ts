/** Access tokens of those whom an embargo admits no more: told, and inactive at introspection; storages that work offline take them until they end (policy-semantics 7). */
import type { FoundToken, LiveToken, LiveTokens } from './live-tokens.ts';
import type { Remainder } from './refusal.ts';
import type { Lost, RuleStore } from './store.ts';

/** The answer names so many; all are denied. */
const mostNamed = 1000;

const pageSize = 5000;

/** `now` in ms since the epoch. */
export async function takeBack(
  tokens: LiveTokens,
  denyTokens: RuleStore['denyTokens'],
  { path, holders, revokedRefreshTokens }: Lost,
  now: number,
): Promise<Remainder> {
  const query = { path, at: now, subjects: [...holders.accountIds, ...holders.clientIds] };
  const found: FoundToken[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<LiveTokens['find']>> = await tokens.find(query, { limit: pageSize, after });
    found.push(...page.tokens);
    after = page.next;
  } while (after !== null);
  await denyTokens(found);
  return {
    revokedRefreshTokens,
    tokens: found.slice(0, mostNamed).map(withoutReach),
    count: found.length,
    latestExpiry: found[0]?.expiresAt ?? null,
  };
}

function withoutReach({ jti, subject, clientId, audience, scopes, expiresAt }: FoundToken): LiveToken {
  return { jti, subject, clientId, audience, scopes, expiresAt };
}
