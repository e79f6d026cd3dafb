/** Who may do an action on a logical path at an instant, by which grants and admissions (policy-semantics 3 and 8). */
import { anyAudience } from '../policy/audience.ts';
import { isoInstant } from '../policy/explain.ts';
import { lineage } from '../policy/path.ts';
import type { Grant, Storage, Subject } from '../policy/rule.ts';
import { mayDo, type RulesInForce, rulesInForce, type TruthQuestion } from '../policy/truth.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { AbleToDo, Answer, SubjectStanding, WhoCan, WhoCanQuestion } from './questions.ts';
import { readAction, readPage, readPath } from './read.ts';
import type { AblePerson, AbleQuery, QuestionStore } from './store.ts';

export async function whoCan(store: QuestionStore, clock: Clock, question: WhoCanQuestion): Answer<WhoCan> {
  const action = readAction(question.operation);
  if (!action.ok) return action;
  const path = readPath(question.path);
  if (!path.ok) return path;
  const page = readPage(question, isCursor);
  if (!page.ok) return page;
  const now = clock.now();
  const truth: TruthQuestion = { action: action.value, path: path.value, at: question.at ?? now };
  const past = truth.at < now;
  // Every rule that bears on a path lies at or above it, and rules are kept in canonical paths.
  const paths = lineage(truth.path);
  const all = past ? await store.rulesAt(paths, truth.at) : await store.presentRules(paths);
  const counting =
    question.audiences === undefined ? all.grants : grantsAt(all.grants, question.audiences, await store.storages());
  const rules = rulesInForce({ ...all, grants: counting }, truth);
  const { limit, after } = page.value;
  const people = await findAble(store, { ...queryOf(rules), at: truth.at, past, limit: limit + 1, after });
  const principals = people.slice(0, limit).flatMap((person) => describeAble(rules, person));
  const last = people.length > limit ? people[limit - 1] : undefined;
  return ok({
    operation: truth.action,
    path: truth.path,
    at: isoInstant(truth.at),
    rules: past ? 'past' : 'present',
    grants: rules.giving.map(({ id, subject, path: at, actions, audiences }) => ({
      id,
      subject,
      path: at,
      actions,
      audiences,
    })),
    embargoes: rules.closing.map(({ embargo, admitting }) => ({
      id: embargo.id,
      path: embargo.path,
      admits: [...new Set(admitting.map(({ subject }) => subject))],
    })),
    subjects: await describeSubjects(store, rules, truth.at, past),
    principals,
    next: last === undefined ? null : `${last.kind}:${last.name}`,
  });
}

/** A grant with audiences counts only when all of those asked for are among them; one that is not registered never is (policy-semantics 2.3). */
function grantsAt(grants: readonly Grant[], asked: readonly string[], storages: readonly Storage[]): readonly Grant[] {
  const find = (name: string) =>
    name === anyAudience
      ? undefined
      : storages.find(({ audience, aliases }) => audience === name || aliases.includes(name));
  const wanted = asked.map(find).filter((storage) => storage?.kind !== 'service');
  const isAnywhere = wanted.length === 0 || wanted.includes(undefined);
  return grants.filter(({ audiences }) => {
    if (audiences === null) return true;
    const named = audiences.map(find);
    return !isAnywhere && wanted.every((storage) => named.includes(storage));
  });
}

function queryOf({ giving, closing }: RulesInForce): Pick<AbleQuery, 'granting' | 'admitting'> {
  return {
    granting: giving.map(({ subject }) => subject),
    admitting: closing.map(({ admitting }) => admitting.map(({ subject }) => subject)),
  };
}

/** Clients, then users: each kind by name. */
async function findAble(store: QuestionStore, query: AbleQuery): Promise<readonly AblePerson[]> {
  const [, kind, name = ''] = /^(client|user):(.*)$/s.exec(query.after ?? '') ?? [];
  if (query.granting.length === 0) return [];
  if (kind === 'user') return store.ableUsers({ ...query, after: name });
  const clients = await store.ableClients({ ...query, after: kind === undefined ? null : name });
  if (clients.length >= query.limit) return clients;
  return [...clients, ...(await store.ableUsers({ ...query, limit: query.limit - clients.length, after: null }))];
}

function isCursor(text: string): boolean {
  return /^(?:client|user):[^\0]{1,255}$/s.test(text) && text.isWellFormed();
}

/** The store only preselects; what holds is said by the truth. */
function describeAble(rules: RulesInForce, { kind, name, id, state, groups }: AblePerson): AbleToDo[] {
  const own: Subject = `${kind}:${name}`;
  const { allowed, grants, admissions } = mayDo(
    rules,
    new Set([own, ...groups.map((path): Subject => `group:${path}`)]),
  );
  if (!allowed) return [];
  return [
    {
      kind,
      name,
      id,
      state,
      grants: grants.map((grant) => ({ id: grant.id, subject: grant.subject })),
      admissions: admissions.map(({ embargo, party }) => ({ embargo: embargo.id, subject: party.subject })),
    },
  ];
}

async function describeSubjects(
  store: QuestionStore,
  rules: RulesInForce,
  at: number,
  past: boolean,
): Promise<SubjectStanding[]> {
  const { granting, admitting } = queryOf(rules);
  const subjects = [...new Set([...granting, ...admitting.flat()])].sort();
  const groups = subjects.flatMap((subject) => (subject.startsWith('group:') ? [subject.slice('group:'.length)] : []));
  const members = await store.countMembers(groups, at, past);
  return subjects.map((subject) => {
    const { allowed, grants, admissions } = mayDo(rules, new Set([subject]));
    return {
      subject,
      grants: grants.map(({ id }) => id),
      admittedTo: admissions.map(({ embargo }) => embargo.id),
      suffices: allowed,
      members: subject.startsWith('group:') ? (members.get(subject.slice('group:'.length)) ?? 0) : null,
    };
  });
}
