/** The administration of rules over a store: one object for the HTTP API and for the command line. */
import type { RuleAdministration } from './administration.ts';
import { createEmbargoAdministration } from './embargo-administration.ts';
import { createExchangeRuleAdministration } from './exchange-rule-administration.ts';
import { createGrantAdministration } from './grant-administration.ts';
import { createNamespaceAdministration, createStorageAdministration } from './storage-administration.ts';
import type { RuleAdministrationDeps } from './write.ts';

export function createRuleAdministration(deps: RuleAdministrationDeps): RuleAdministration {
  return {
    grants: createGrantAdministration(deps),
    embargoes: createEmbargoAdministration(deps),
    exchangeRules: createExchangeRuleAdministration(deps),
    storages: createStorageAdministration(deps),
    namespace: createNamespaceAdministration(deps),
  };
}
