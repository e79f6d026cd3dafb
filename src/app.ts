/** The composition root: builds an issuer from a config and what the process holds for it. No state outside, so that several fit in one process. */
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { sql } from 'kysely';
import type { Logger } from 'pino';
import { readClientCertificates } from './app/client-certificates.ts';
import { createReplayAnswer } from './app/code-replay.ts';
import { createDesk } from './app/desk.ts';
import { startEventWork } from './app/events.ts';
import { startKeyWork } from './app/keys.ts';
import { createPeopleWork } from './app/people.ts';
import { createReuseAnswer } from './app/refresh-reuse.ts';
import { createRegistrationWork, createUseRecord } from './app/registration.ts';
import { createRuleWork } from './app/rules.ts';
import { createSecretCheck } from './clients/secret.ts';
import type { Config } from './config/schema.ts';
import { createApi } from './http/api/create-api.ts';
import { mountHttp } from './http/app.ts';
import { createClientAddress, createTrustedProxies } from './http/client-address.ts';
import { createFailedAnswers } from './http/failed-answers.ts';
import { addKeyMetrics } from './http/key-metrics.ts';
import { createListener } from './http/listener.ts';
import { createMetrics } from './http/metrics.ts';
import { createMetricsServer } from './http/metrics-server.ts';
import { createSite } from './http/pages/site.ts';
import { addPolicyMetrics } from './http/policy-metrics.ts';
import { machineRoutes } from './http/scim/machine-routes.ts';
import { createIssuance } from './issuance/issue.ts';
import { createTokenSigner } from './issuance/sign.ts';
import { createOwnTokenVerifier } from './issuance/verify.ts';
import { createGuardedFetch } from './provider/guarded-fetch.ts';
import { createProvider } from './provider/provider.ts';
import type { Clock } from './shared/clock.ts';
import { createAccountStore } from './storage/accounts.ts';
import { createArtifactStore } from './storage/artifacts.ts';
import { createConsentStore } from './storage/consents.ts';
import type { DatabaseConnection } from './storage/database.ts';
import { createDevicePollStore } from './storage/device-polls.ts';
import { followLake } from './storage/follow-lake.ts';
import { startHousekeeping } from './storage/housekeeping.ts';
import { createIssueLogWriter } from './storage/issue-log.ts';
import { createRedemptionStore } from './storage/redemptions.ts';
import { createRefreshTokenStore } from './storage/refresh-tokens.ts';
import { createRevocationStore } from './storage/revocations.ts';
import { beginServerRun } from './storage/server-runs.ts';
import { createSnapshotKeeper } from './storage/snapshots.ts';

/** What the process opened for the issuer; the issuer does not close it. */
export interface AppDeps {
  readonly database: DatabaseConnection;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface App {
  /** For tests and for mounting: the issuer without a socket. */
  readonly handler: RequestListener;
  /** Listens on the configured host and port, and on the metrics port unless that is 0. */
  listen(): Promise<{ readonly port: number; readonly metricsPort: number | null }>;
  /** Does what is due with keys, and reads lake and keys anew if they changed; the server also does so by itself. */
  refresh(): Promise<void>;
  /** Answers what has begun, writes what is in memory, and lets go of everything that `createApp` made. */
  close(): Promise<void>;
}

export async function createApp(config: Config, { database, clock, log }: AppDeps): Promise<App> {
  const { db } = database;
  const onError = (error: unknown) => log.error({ err: error }, 'background work failed');
  const keys = await startKeyWork(config, { db, clock, log, onError });
  const run = await beginServerRun(db, clock.now);
  const snapshots = await followLake(database, {
    keeper: await createSnapshotKeeper(db),
    run,
    clock,
    followKeys: keys.follow,
    sameClock: config.databaseUrl === null,
    onError,
  });
  const metrics = createMetrics(() => database.poolCounts());
  const failedAnswers = createFailedAnswers(clock);
  addPolicyMetrics(metrics.registry, snapshots);
  addKeyMetrics(metrics.registry, clock, keys.records);
  const issueLog = createIssueLogWriter(db, (error, lost) => {
    metrics.lostLogEntries(lost);
    onError(error);
  });

  const accounts = createAccountStore(db, clock);
  const artifacts = createArtifactStore(db);
  const refreshTokens = createRefreshTokenStore(db);
  const revocations = createRevocationStore(db);
  const events = await startEventWork(config, { db, registry: metrics.registry, clock, log, onError });
  const uses = createUseRecord(db, config.issuer, onError);
  const ruleWork = createRuleWork({ database, snapshots, issueLog, clock });
  const peopleWork = createPeopleWork({
    ...{ config, db, database, accounts, snapshots, clock, log, onError },
    logged: ruleWork.logged,
  });
  const housekeeping = startHousekeeping(
    db,
    [artifacts, refreshTokens, revocations, events, uses, ...peopleWork.purgeables],
    {
      issueLogDays: config.issueLogDays,
      clock,
      onError,
    },
  );

  const { issuer, cookieSecrets } = config;
  const checkSecret = createSecretCheck(clock, uses.recordSecret);
  const signer = createTokenSigner(keys);
  const issuance = createIssuance({
    ...{ issuer, snapshots, signer, clock },
    log: uses.watch(issueLog),
    ruleOnToken: peopleWork.people.security.gate.ruleOnToken,
  });
  const verifier = createOwnTokenVerifier({ issuer, keys, revocations, clock });
  const consents = createConsentStore(db);
  const desk = createDesk({
    db,
    clock,
    failedAnswers,
    ruleWork,
    revocations,
    tickets: peopleWork.people.tickets,
    keys,
  });
  const site = createSite({
    issuer,
    cookieSecrets,
    accounts,
    people: peopleWork.people,
    desk,
    artifacts,
    consents,
    issuance,
    snapshots,
    clock,
    log,
  });
  const guardedFetch = createGuardedFetch({
    allowed: config.allowPrivateFetch,
    onFailure: (host, reason) => log.warn({ host, reason }, 'what a client names was not fetched'),
  });
  const isTrustedProxy = createTrustedProxies(config.trustedProxies);
  const certificates = readClientCertificates(config, isTrustedProxy);
  const provider = createProvider({
    issuer,
    cookieSecrets,
    keys,
    clock,
    accounts,
    findAuthentication: peopleWork.authentications.find,
    artifacts,
    devicePolls: createDevicePollStore(db),
    refreshTokens,
    snapshots,
    issuance,
    checkSecret,
    verifier,
    fetch: guardedFetch,
    pages: site.providerPages,
    mutualTls: certificates.mutualTls,
    secondFactor: peopleWork.people.security.gate,
    onLogoutFailure: (clientId, error) => log.warn({ client: clientId, err: error }, 'a logout was not delivered'),
    loadExistingGrant: site.loadExistingGrant,
    onReuse: createReuseAnswer({ snapshots, issueLog, metrics, log, revocations, logged: ruleWork.logged }),
    onCodeReplay: createReplayAnswer({ revocations, clock, logged: ruleWork.logged }),
    onFault: onError,
  });
  const registrationWork = createRegistrationWork({ issuer, database, snapshots, clock });
  mountHttp(provider, {
    issuer,
    log,
    metrics,
    failedAnswers,
    clock,
    publicJwks: () => keys.current().publicJwks,
    snapshots,
    issuance,
    checkSecret,
    verifier,
    signer,
    artifacts,
    refreshTokens,
    redemptions: createRedemptionStore(db),
    revocations,
    logged: ruleWork.logged,
    accounts,
    registrations: registrationWork.registrations,
    gate: peopleWork.people.security.gate,
    clientAddress: createClientAddress(isTrustedProxy),
    certificates,
    ready: () => answers(db),
    faultPage: site.faultPage,
    api: createApi(provider, {
      issuer,
      cookieSecrets,
      verifier,
      accounts,
      snapshots,
      ...ruleWork,
      ...registrationWork,
      people: peopleWork.people,
      clock,
      log,
    }),
    machines: machineRoutes({ issuer, verifier, accounts, snapshots, clock, log, people: peopleWork.people }),
    errorPages: site.errorPages,
    pages: site.routes(provider),
  });

  const handler = provider.callback();
  const server = createListener(() => createServer(config, handler));
  const metricsServer = createListener(() => createMetricsServer(metrics.registry));
  return {
    handler,
    listen: async () => ({
      port: await server.listen(config.host, config.port),
      metricsPort: config.metricsPort === 0 ? null : await metricsServer.listen(config.host, config.metricsPort),
    }),
    refresh: async () => {
      await keys.runSchedule();
      await snapshots.lookAnew();
    },
    close: async () => {
      await Promise.all([server.close(), metricsServer.close()]);
      await snapshots.close();
      await keys.close();
      await events.close();
      await peopleWork.close();
      await housekeeping.close();
      await issueLog.close();
      await uses.close();
      await run.close();
    },
  };
}

async function answers(db: DatabaseConnection['db']): Promise<boolean> {
  try {
    await sql`SELECT 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}

function createServer({ tls }: Config, handler: RequestListener): Server {
  if (tls === null) return createHttpServer(handler);
  return createHttpsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, handler);
}
