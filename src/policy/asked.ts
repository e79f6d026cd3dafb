/** The scopes of a request, each once, read, and with the user's consent. */
import type { Cap, PolicyRequest, Reason, ScopeVerdict } from './decision.ts';
import { type ParsedScope, parseScope } from './scope.ts';

export interface AskedScope {
  readonly scope: string;
  readonly parsed: ParsedScope;
  /** The user took it off on the consent page. */
  readonly unticked: boolean;
}

export function readAsked({ scopes, unticked = [] }: PolicyRequest): readonly AskedScope[] {
  const withheld = new Set(unticked);
  return Array.from(new Set([...scopes, ...unticked]), (scope) => ({
    scope,
    parsed: parseScope(scope),
    unticked: withheld.has(scope),
  }));
}

export function refused(scope: string, reason: Reason, because: readonly string[] = []): ScopeVerdict {
  return { scope, outcome: 'refused', reason, because };
}

/** Issued as it was asked. */
export function issuedWhole(scope: string, cap: Cap): ScopeVerdict {
  return { scope, outcome: 'issued', as: [scope], parts: [{ scope, cap }], left: [], because: [] };
}
