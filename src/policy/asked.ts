/** The scopes of a request, each once, read, and with the user's consent. */
import type { Cap, PolicyRequest, Reason, ScopeVerdict } from './decision.ts';
import { type ParsedScope, parseScope } from './scope.ts';

export interface AskedScope {
  readonly scope: string;
  readonly parsed: ParsedScope;
  /** The user took it off on the consent page. */
  readonly unticked: boolean;
}

const none: ReadonlySet<string> = new Set();

export function readAsked({ scopes, unticked = [] }: PolicyRequest): readonly AskedScope[] {
  const withheld = unticked.length === 0 ? none : new Set(unticked);
  const asked: AskedScope[] = [];
  for (const scope of new Set(withheld === none ? scopes : [...scopes, ...unticked])) {
    asked.push({ scope, parsed: parseScope(scope), unticked: withheld.has(scope) });
  }
  return asked;
}

export function refused(scope: string, reason: Reason, because: readonly string[] = []): ScopeVerdict {
  return { scope, outcome: 'refused', reason, because };
}

/** Issued as it was asked. */
export function issuedWhole(scope: string, cap: Cap): ScopeVerdict {
  return { scope, outcome: 'issued', as: [scope], parts: [{ scope, cap }], left: [], because: [] };
}
