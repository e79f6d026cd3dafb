/** Revokes the refresh tokens of those whom an embargo admits no more, as far as their ceiling meets it (policy-semantics 7, "remove a party"). */
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import type { EmbargoRecord, PartyRecord } from '../lake/records.ts';
import { type CanonicalPath, parsePath } from '../policy/path.ts';
import type { Storage } from '../policy/rule.ts';
import { capabilitySetOf } from '../policy/scope.ts';
import { createReach } from './scope-reach.ts';
import type { Holders, RuleSession } from './store.ts';
import type { Lost } from './write.ts';

/** `lost` are the entries that are gone; who is admitted as much by another one keeps its tokens. */
export async function revokeForLost(
  session: RuleSession,
  embargo: EmbargoRecord,
  lost: readonly PartyRecord[],
  storages: readonly Storage[],
  now: number,
): Promise<Lost> {
  const holders = await losers(session, embargo, lost, now);
  const meets = ceilingMeets(storages, embargo.path);
  return {
    path: embargo.path,
    holders,
    revokedRefreshTokens: await session.revokeRefreshTokens(holders.accountIds, meets, now),
  };
}

async function losers(
  session: RuleSession,
  { parties }: EmbargoRecord,
  lost: readonly PartyRecord[],
  now: number,
): Promise<Holders> {
  const accountIds = new Set<string>();
  const clientIds = new Set<string>();
  for (const party of lost) {
    const gone = await session.holdersOf([party.subject], now);
    const others = parties.filter((other) => party.actions.every((action) => other.actions.includes(action)));
    const kept = await session.holdersOf(
      others.filter(({ from, until }) => from === undefined && until === undefined).map(({ subject }) => subject),
      now,
    );
    for (const id of gone.accountIds) if (!kept.accountIds.has(id)) accountIds.add(id);
    for (const id of gone.clientIds) if (!kept.clientIds.has(id)) clientIds.add(id);
  }
  return { accountIds, clientIds };
}

/** Ceilings are mapped by the audience of the chain. A capability set may stand for anything tomorrow, so it meets every path. */
export function ceilingMeets(storages: readonly Storage[], path: string): (payload: RefreshPayload) => boolean {
  const parsed = parsePath(path);
  const reach = createReach(storages, { path: parsed.ok ? parsed.value : ('/' as CanonicalPath), action: null });
  return ({ scope, audiences }) =>
    reach(scope, audiences).length > 0 || scope.split(' ').some((one) => capabilitySetOf(one) !== null);
}
