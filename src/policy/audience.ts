/** Who will read the token: which registered storages are asked for, and whether it may also be used elsewhere (policy-semantics 2.3). */
import type { CompiledPolicy } from './compile.ts';
import type { CompiledGrant, CompiledStorage } from './compiled-rules.ts';

/** W-CLM-7: valid at every relying party. */
export const anyAudience = 'https://wlcg.cern.ch/jwt/v1/any';

export interface Audiences {
  /** The registered storages, each once whatever its aliases; services beside them do not count. */
  readonly storages: readonly CompiledStorage[];
  /** None was asked for, or one that is the wildcard or not registered: the token may turn up at any storage. */
  readonly anywhere: boolean;
}

/** The registered storage or service, by audience or alias, compared exactly (W-AUD-2). */
export function findStorage(policy: CompiledPolicy, audience: string): CompiledStorage | undefined {
  return audience === anyAudience ? undefined : policy.byAudience.get(audience);
}

export function readAudiences(policy: CompiledPolicy, asked: readonly string[]): Audiences {
  const known = asked.map((audience) => findStorage(policy, audience));
  const storages = known.filter((storage) => storage?.kind === 'storage') as CompiledStorage[];
  return { storages: [...new Set(storages)], anywhere: asked.length === 0 || known.includes(undefined) };
}

/** A grant with audiences counts only when every audience asked for is among them; with an unknown one it never does. */
export function countsAt(grant: CompiledGrant, { storages, anywhere }: Audiences): boolean {
  const { at } = grant;
  return at === null || (!anywhere && storages.every((storage) => at.has(storage)));
}
