/** What a client may ask for, before the policy looks at paths (W-AUD-5, W-AUD-6, RFC 6749 section 3.3). */
import { anyAudience, findStorage } from '../policy/audience.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import { isCapabilityScope } from '../policy/scope.ts';
import type { RegisteredClient } from './client.ts';

/** The client's list, or every registered audience, alias and the wildcard. */
export function mayTarget(client: RegisteredClient, audience: string, policy: CompiledPolicy): boolean {
  if (client.audiences !== null) return client.audiences.includes(audience);
  return audience === anyAudience || findStorage(policy, audience) !== undefined;
}

/** The first audience that the client may not have, or undefined; with none asked it is about the wildcard, unless the client has a default. */
export function findForbiddenAudience(
  client: RegisteredClient,
  asked: readonly string[],
  policy: CompiledPolicy,
): string | undefined {
  if (asked.length === 0 && client.defaultAudience !== null) return undefined;
  const wanted = asked.length === 0 ? [anyAudience] : asked;
  return wanted.find((audience) => !mayTarget(client, audience, policy));
}

/** Without `scope`, a client acting for itself gets its scopes that open no storage and outlive no request. */
export function defaultClientScopes(client: RegisteredClient): string[] {
  return client.scopes.filter((name) => !isCapabilityScope(name) && name !== 'offline_access' && name !== 'openid');
}
