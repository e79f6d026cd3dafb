/** Exchange rules: who may exchange whose tokens, for more than they hold, or not at all (policy-semantics 6); as INDIGO's exchange policies, the most specific rules decide. */
import type { RegisteredClient } from '../clients/client.ts';

/** Which clients a rule is about; `scope`: those whose registration names the scope. */
export type ClientMatcher =
  | { readonly kind: 'any' }
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'scope'; readonly scope: string };

export interface ExchangeRule {
  readonly id: string;
  /** `deny` forbids the exchange; among rules that are equally specific it goes before `permit`. */
  readonly effect: 'permit' | 'deny';
  /** For whom the subject token was issued. */
  readonly origin: ClientMatcher;
  /** Who exchanges it. */
  readonly target: ClientMatcher;
  /** Audiences of the subject token to which the rule applies; null: any. */
  readonly audiences: readonly string[] | null;
  /** What may be asked for beyond the subject token: storage scopes in logical paths, and words. */
  readonly scopes: readonly string[];
  /** Whether everything that the origin client is registered for may be asked for, too. */
  readonly originScopes: boolean;
  /** All that may be asked for, in the same form; null: no such limit. */
  readonly only: readonly string[] | null;
  /** What may not be asked for at all: storage scopes in logical paths, and words. */
  readonly withheld: readonly string[];
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

/** A scope, and the rule that says something of it. */
export interface RuledScope {
  readonly scope: string;
  readonly rule: string;
}

export interface FoundExchangeRules {
  readonly denied: ExchangeRule | null;
  readonly widened: readonly RuledScope[];
  /** Each is a limit by itself. */
  readonly limits: readonly (readonly string[])[];
  readonly withheld: readonly RuledScope[];
}

/** Without any rule an exchange within the subject token is allowed. */
export function findExchangeRules(rules: readonly ExchangeRule[], parties: ExchangeParties): FoundExchangeRules {
  const applying = rules.filter((rule) => isAbout(rule, parties));
  const most = Math.max(...applying.map(specificity));
  const deciding = applying.filter((rule) => specificity(rule) === most);
  const denied = deciding.find(({ effect }) => effect === 'deny') ?? null;
  if (denied !== null) return { denied, widened: [], limits: [], withheld: [] };
  const scopesOf = (pick: (rule: ExchangeRule) => readonly string[]) =>
    deciding.flatMap((rule) => pick(rule).map((scope) => ({ scope, rule: rule.id })));
  return {
    denied,
    widened: scopesOf(({ scopes, originScopes }) => [...scopes, ...(originScopes ? parties.origin.scopes : [])]),
    limits: deciding.flatMap(({ only }) => (only === null ? [] : [only])),
    withheld: scopesOf(({ withheld }) => withheld),
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

const ranks = { any: 0, scope: 1, client: 2 } as const;

/** A client by its id counts more than clients by a scope, and these more than any; both sides together. */
function specificity({ origin, target }: ExchangeRule): number {
  return ranks[origin.kind] + ranks[target.kind];
}
