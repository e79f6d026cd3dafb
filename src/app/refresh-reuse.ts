/** Tells operators of a replaced refresh token that came again: an entry of the issue log, a line of the log, a metric (RFC 9700 section 4.14.2). */
import type { Logger } from 'pino';
import type { Metrics } from '../http/metrics.ts';
import type { IssueLog } from '../issuance/issue-log.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { type ChainReuse, reuseEvent } from '../provider/grants/refresh-chain.ts';

export function createReuseReport(deps: {
  readonly snapshots: SnapshotSource;
  readonly issueLog: IssueLog;
  readonly metrics: Metrics;
  readonly log: Logger;
}): (reuse: ChainReuse) => void {
  return ({ chain, at, address }) => {
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
  };
}
