/** Prometheus metrics of one issuer, in a registry of its own; labels never carry a subject, a secret or a path. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Connections of the database pool. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

export interface Metrics {
  readonly registry: Registry;
  request(route: string, method: string, status: number, seconds: number): void;
  issued(grant: string, client: string): void;
  refused(reason: string): void;
  /** A chain of refresh tokens was ended because a replaced token came again. */
  refreshReused(client: string): void;
  /** Entries of the issue log that could not be written. */
  lostLogEntries(count: number): void;
}

export function createMetrics(pool: () => PoolState): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const requests = new Histogram({
    name: 'sluice_http_request_seconds',
    help: 'Requests by route, method and status, with their latency',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const tokens = new Counter({
    name: 'sluice_tokens_issued_total',
    help: 'Access tokens issued, by grant type and client',
    labelNames: ['grant', 'client'],
    registers,
  });
  const refusals = new Counter({
    name: 'sluice_refusals_total',
    help: 'Refused requests and scopes, by reason word or OAuth error',
    labelNames: ['reason'],
    registers,
  });
  const reuses = new Counter({
    name: 'sluice_refresh_token_reuse_total',
    help: 'Chains of refresh tokens ended because a replaced token came again, by client',
    labelNames: ['client'],
    registers,
  });
  const lost = new Counter({
    name: 'sluice_issue_log_lost_total',
    help: 'Entries of the issue log given up while the database did not answer',
    registers,
  });
  new Gauge({
    name: 'sluice_database_connections',
    help: 'Connections of the database pool by state',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(pool())) this.set({ state }, count);
    },
  });
  return {
    registry,
    request: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    issued: (grant, client) => tokens.inc({ grant, client }),
    refused: (reason) => refusals.inc({ reason }),
    refreshReused: (client) => reuses.inc({ client }),
    lostLogEntries: (count) => lost.inc(count),
  };
}
