/** A client under the limit that an exchange rule sets it: what lies both in its registration and in the limit (policy-semantics 6). */
import type { RegisteredClient } from '../clients/client.ts';
import { findBeyondCeiling } from '../policy/ceiling.ts';
import { capabilitySetScope, groupsScope } from '../policy/scope.ts';

/** `only` is in logical paths, as the scopes of clients are. */
export function limitClient(client: RegisteredClient, only: readonly string[]): RegisteredClient {
  const scopes = client.scopes.flatMap((own) => only.flatMap((limit) => narrower(own, limit)));
  return { ...client, scopes: [...new Set(scopes)] };
}

/** The one that lies within the other, or nothing. */
function narrower(one: string, other: string): string[] {
  if (isWithin(one, other)) return [one];
  return isWithin(other, one) ? [other] : [];
}

function isWithin(scope: string, upper: string): boolean {
  const isFamily = upper === groupsScope || upper === capabilitySetScope;
  return (isFamily && scope.startsWith(`${upper}:`)) || findBeyondCeiling([scope], [upper]) === undefined;
}
