/** What follows when a replaced refresh token came again and its chain ended: operators are told, and the access tokens of the chain are denied (RFC 9700 section 4.14.2). */
import type { Logger } from 'pino';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { Metrics } from '../http/metrics.ts';
import type { IssueLog } from '../issuance/issue-log.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { type ChainReuse, reuseEvent } from '../provider/grants/refresh-chain.ts';

export function createReuseAnswer(deps: {
  readonly snapshots: SnapshotSource;
  readonly issueLog: IssueLog;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly revocations: RevocationStore;
  /** Resolves when all tokens that any process decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}): (reuse: ChainReuse) => Promise<void> {
  return async ({ chain, at, address }) => {
    const { clientId, payload } = chain;
    const subject = chain.accountId ?? chain.subjectClientId ?? clientId;
    deps.issueLog.record({
      at,
      event: 'refused',
      jti: null,
      subject,
      clientId,
      flow: 'refresh_token',
      parent: chain.id,
      exchangeRule: null,
      audience: payload.audiences,
      requested: payload.scope,
      issued: '',
      refused: [],
      because: [reuseEvent],
      policyVersion: deps.snapshots.current().policy.version,
      expiresAt: null,
      cap: null,
      address,
    });
    deps.metrics.refreshReused(clientId);
    deps.log.warn({ event: reuseEvent, chain: chain.id, client: clientId, subject, address }, 'refresh token reused');
    await deps.logged();
    await deps.revocations.revokeComingOf({ chainId: chain.id, first: payload.issuedWith ?? null }, at);
  };
}
