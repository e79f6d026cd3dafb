/** Puts together the administration of rules and the questions to the policy, for the API of one process. */
import { setTimeout as wait } from 'node:timers/promises';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Confirmation } from '../lake/confirmation.ts';
import { createQuestions } from '../questions/create-questions.ts';
import type { Questions } from '../questions/questions.ts';
import type { RuleAdministration } from '../rules/administration.ts';
import { type BulkRevocation, createBulkRevocation } from '../rules/bulk-revocation.ts';
import { createRuleAdministration } from '../rules/create-administration.ts';
import type { Clock } from '../shared/clock.ts';
import { createAuditLog } from '../storage/audit-trail.ts';
import { createBulkRevocationStore } from '../storage/bulk-revocation.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../storage/database.ts';
import { type IssueLogWriter, logDelayMilliseconds } from '../storage/issue-log.ts';
import { countLiveServers } from '../storage/live-servers.ts';
import { createLiveTokens } from '../storage/live-tokens.ts';
import { createQuestionStore } from '../storage/question-store.ts';
import { createRuleStore } from '../storage/rule-store.ts';

export interface RuleWorkDeps {
  readonly database: DatabaseConnection;
  readonly snapshots: Confirmation;
  readonly issueLog: IssueLogWriter;
  readonly clock: Clock;
}

export interface RuleWork {
  readonly rules: RuleAdministration;
  readonly questions: Questions;
  readonly revocation: BulkRevocation;
  readonly audit: AuditLog;
  /** Resolves when all tokens that any process decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

export function createRuleWork({ database, snapshots, issueLog, clock }: RuleWorkDeps): RuleWork {
  const { db } = database;
  const tokens = createLiveTokens(db);
  const confirmation = createWriteConfirmation(database, { own: () => snapshots.lookAnew() });
  const logged = async () => {
    await issueLog.flush();
    // What other processes hold back is written a moment later.
    if ((await countLiveServers(db)) > 1) await wait(2 * logDelayMilliseconds);
  };
  return {
    rules: createRuleAdministration({
      store: createRuleStore(db),
      tokens,
      clock,
      settled: async (policyVersion) => {
        await confirmation.confirmEverywhere(policyVersion);
        // Tokens of this process that were decided before are then counted as well.
        await issueLog.flush();
      },
    }),
    questions: createQuestions({
      store: createQuestionStore(db),
      tokens,
      clock,
      snapshot: () => snapshots.confirmed(),
    }),
    revocation: createBulkRevocation({
      store: createBulkRevocationStore(db),
      clock,
      logged,
    }),
    audit: createAuditLog(db),
    logged,
  };
}
