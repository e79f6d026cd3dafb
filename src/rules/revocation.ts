/** Revokes the refresh tokens of those whom an embargo admits no more, as far as their ceiling meets it (policy-semantics 7, "remove a party"). */
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import type { LostAdmissions } from '../lake/plan/admissions.ts';
import type { EmbargoRecord, PartyRecord } from '../lake/records.ts';
import { type CanonicalPath, parsePath } from '../policy/path.ts';
import type { Storage } from '../policy/rule.ts';
import { capabilitySetOf } from '../policy/scope.ts';
import { createReach } from './scope-reach.ts';
import type { Holders, Lost, RuleSession } from './store.ts';

/** Who is admitted as much by another entry keeps its tokens. */
export async function revokeForLost(
  session: RuleSession,
  lost: LostAdmissions,
  storages: readonly Storage[],
  now: number,
): Promise<Lost> {
  const { path } = lost.embargo;
  const holders = await losers(session, lost, now);
  // Who leaves a group keeps the chain: it is resolved anew at each refresh, which drops what is lost and keeps the rest (sections 6 and 9).
  const revokedRefreshTokens = lost.leavers
    ? 0
    : await session.revokeRefreshTokens(holders, ceilingMeets(storages, path), now);
  return { path, holders, revokedRefreshTokens };
}

async function losers(
  session: RuleSession,
  { embargo, parties, leavers }: LostAdmissions,
  now: number,
): Promise<Holders> {
  const accountIds = new Set<string>();
  const clientIds = new Set<string>();
  for (const party of parties) {
    const gone = leavers
      ? { accountIds: leavers, clientIds: noClients }
      : await session.holdersOf([party.subject], now);
    const kept = await session.holdersOf(subjectsAdmittedLike(embargo, party), now);
    for (const id of gone.accountIds) if (!kept.accountIds.has(id)) accountIds.add(id);
    for (const id of gone.clientIds) if (!kept.clientIds.has(id)) clientIds.add(id);
  }
  return { accountIds, clientIds };
}

const noClients: ReadonlySet<string> = new Set();

/** Those that are admitted for the same actions, without bounds of their own. */
function subjectsAdmittedLike({ parties }: EmbargoRecord, { actions }: PartyRecord): string[] {
  return parties
    .filter(({ from, until }) => from === undefined && until === undefined)
    .filter((other) => actions.every((action) => other.actions.includes(action)))
    .map(({ subject }) => subject);
}

/** Ceilings are mapped by the audience of the chain. A capability set may stand for anything tomorrow, so it meets every path. */
export function ceilingMeets(storages: readonly Storage[], path: string): (payload: RefreshPayload) => boolean {
  const parsed = parsePath(path);
  const reach = createReach(storages, { path: parsed.ok ? parsed.value : ('/' as CanonicalPath), action: null });
  return ({ scope, audiences }) =>
    reach(scope, audiences).length > 0 || scope.split(' ').some((one) => capabilitySetOf(one) !== null);
}
