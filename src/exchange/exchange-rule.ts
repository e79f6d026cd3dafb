/** Exchange rules: who may exchange whose tokens for more than they hold, and who not at all (policy-semantics 6). */
import type { RegisteredClient } from '../clients/client.ts';

/** Which clients a rule is about; `scope`: those whose registration allows the scope. */
export type ClientMatcher =
  | { readonly kind: 'any' }
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'scope'; readonly scope: string };

export interface ExchangeRule {
  readonly id: string;
  /** `deny` forbids the exchange altogether and goes before every `permit`. */
  readonly effect: 'permit' | 'deny';
  /** For whom the subject token was issued. */
  readonly origin: ClientMatcher;
  /** Who exchanges it. */
  readonly target: ClientMatcher;
  /** Audiences of the subject token to which the rule applies; null: any. */
  readonly audiences: readonly string[] | null;
  /** What may be asked for beyond the subject token: storage scopes in logical paths, and words. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch; null: since ever, without end. */
  readonly from: number | null;
  readonly until: number | null;
}

export interface ExchangeParties {
  readonly origin: RegisteredClient;
  readonly target: RegisteredClient;
  readonly subjectAudiences: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface FoundExchangeRules {
  readonly denied: ExchangeRule | null;
  readonly widened: readonly { readonly scope: string; readonly rule: string }[];
}

/** Without any rule an exchange within the subject token is allowed. */
export function findExchangeRules(rules: readonly ExchangeRule[], parties: ExchangeParties): FoundExchangeRules {
  const found = rules.filter((rule) => isAbout(rule, parties));
  return {
    denied: found.find(({ effect }) => effect === 'deny') ?? null,
    widened: found
      .filter(({ effect }) => effect === 'permit')
      .flatMap(({ id, scopes }) => scopes.map((scope) => ({ scope, rule: id }))),
  };
}

function isAbout(rule: ExchangeRule, { origin, target, subjectAudiences, now }: ExchangeParties): boolean {
  return (
    (rule.from === null || rule.from <= now) &&
    (rule.until === null || now < rule.until) &&
    matches(rule.origin, origin) &&
    matches(rule.target, target) &&
    (rule.audiences === null || rule.audiences.some((audience) => subjectAudiences.includes(audience)))
  );
}

function matches(matcher: ClientMatcher, client: RegisteredClient): boolean {
  switch (matcher.kind) {
    case 'any':
      return true;
    case 'client':
      return matcher.id === client.clientId;
    case 'scope':
      return client.scopes.includes(matcher.scope);
  }
}
