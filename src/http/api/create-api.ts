/** Puts the API together: the contract with its handlers, who may call it, and its document. */
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { Logger } from 'pino';
import type { AccountStore } from '../../accounts/store.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { OwnTokenVerifier } from '../../issuance/verify.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { createBrowserSessions } from '../../provider/browser-session.ts';
import type { Questions } from '../../questions/questions.ts';
import type { RuleAdministration } from '../../rules/administration.ts';
import type { BulkRevocation } from '../../rules/bulk-revocation.ts';
import type { ClientAllowance } from '../../rules/client-allowance.ts';
import type { Clock } from '../../shared/clock.ts';
import { createCsrf } from '../csrf.ts';
import type { People } from '../people.ts';
import { apiPrefix, apiRoutes } from './api.ts';
import { createAuthenticate } from './authenticate.ts';
import { answerSchemas, contract, requestSchemas } from './contract.ts';
import { endpointsOf } from './declaration.ts';
import { accountHandlers } from './endpoints/accounts.ts';
import { changeHandlers } from './endpoints/changes.ts';
import { clientLifeHandlers } from './endpoints/client-life.ts';
import { clientHandlers } from './endpoints/clients.ts';
import { embargoHandlers } from './endpoints/embargoes.ts';
import { enrolmentHandlers } from './endpoints/enrolments.ts';
import { exchangeRuleHandlers } from './endpoints/exchange-rules.ts';
import { factorHandlers } from './endpoints/factors.ts';
import { grantHandlers } from './endpoints/grants.ts';
import { groupRequestHandlers } from './endpoints/group-requests.ts';
import { groupHandlers } from './endpoints/groups.ts';
import { knownAsHandlers } from './endpoints/known-as.ts';
import { questionHandlers } from './endpoints/questions.ts';
import { revocationHandlers } from './endpoints/revocations.ts';
import { serviceHandlers } from './endpoints/service.ts';
import { storageHandlers } from './endpoints/storages.ts';
import { openApiDocument } from './openapi.ts';
import { createSessionCaller } from './session.ts';

export interface CreateApiDeps {
  readonly issuer: string;
  readonly cookieSecrets: readonly string[];
  readonly verifier: OwnTokenVerifier;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly rules: RuleAdministration;
  readonly questions: Questions;
  readonly revocation: BulkRevocation;
  readonly audit: AuditLog;
  readonly allowance: ClientAllowance;
  readonly people: People;
  readonly clock: Clock;
  readonly log: Logger;
}

/** To stand before the pages; calls `next` for everything that is not below `/api/v1`. */
export function createApi(provider: Provider, deps: CreateApiDeps): Middleware {
  const { issuer, rules } = deps;
  const sessions = createBrowserSessions(provider, { secure: issuer.startsWith('https:') });
  const csrf = createCsrf({ secrets: deps.cookieSecrets, issuer });
  const document = openApiDocument(
    { contract, requestSchemas, answerSchemas },
    new URL(apiPrefix.slice(1), issuer).href,
  );
  const endpoints = endpointsOf(contract, {
    ...grantHandlers(rules.grants, deps),
    ...embargoHandlers(rules.embargoes, deps),
    ...exchangeRuleHandlers(rules.exchangeRules, deps),
    ...storageHandlers(rules, deps),
    ...questionHandlers({ ...deps, embargoes: rules.embargoes }),
    ...revocationHandlers(deps),
    ...clientHandlers(deps),
    ...clientLifeHandlers(deps),
    ...accountHandlers(deps),
    ...factorHandlers(deps),
    ...knownAsHandlers(deps),
    ...changeHandlers(deps),
    ...enrolmentHandlers(deps),
    ...groupHandlers(deps),
    ...groupRequestHandlers(deps),
    ...serviceHandlers(document),
  });
  const { gate } = deps.people.security;
  const session = createSessionCaller({ ...deps, gate, sessions, csrf });
  return apiRoutes({ issuer, endpoints, authenticate: createAuthenticate({ ...deps, gate, session }), log: deps.log });
}
