/** What the questions read, on PostgreSQL. */
import type { Kysely } from 'kysely';
import type { QuestionStore } from '../questions/store.ts';
import { loadStorages } from './lake-facts.ts';
import { findClasses } from './question-classes.ts';
import { findEntry, findRefusals } from './question-log.ts';
import { ableClients, ableUsers, countMembers, findAccountId, findUsernames } from './question-people.ts';
import { findDraft, findRules, findRulesAt, findVersions } from './question-rules.ts';
import type { DB } from './schema.ts';

export function createQuestionStore(db: Kysely<DB>): QuestionStore {
  return {
    presentRules: (paths) => findRules(db, paths),
    rulesAt: (paths, at) => findRulesAt(db, paths, at),
    storages: () => loadStorages(db),
    ableUsers: (query) => ableUsers(db, query),
    ableClients: (query) => ableClients(db, query),
    countMembers: (groups, at, past) => countMembers(db, groups, { at, past }),
    usernames: (ids) => findUsernames(db, ids),
    accountId: (username) => findAccountId(db, username),
    draft: (id) => findDraft(db, id),
    classesOf: (query) => findClasses(db, query),
    entry: (jti) => findEntry(db, jti),
    refusals: (query) => findRefusals(db, query),
    versionsOf: (ids) => findVersions(db, ids),
  };
}
