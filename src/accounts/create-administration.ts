/** The use cases of accounts (src/accounts/administration.ts): who may, in one transaction each. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import { checkAccountFields } from './account-fields.ts';
import { maySee } from './account-permissions.ts';
import {
  changeAccount,
  changeOwners,
  forAdmins,
  mergeAccounts,
  putOwners,
  removeAccount,
  restoreAccount,
  type Step,
  suspendAccount,
} from './account-steps.ts';
import { type ChangeContext, isPeopleAdmin, type PeopleActor, seesEverybody } from './actor.ts';
import type { AccountAdministration, AccountDetails, AccountExpectation, NewAccount } from './administration.ts';
import type { AccountRecords, AccountSession } from './administration-store.ts';
import { type PeopleAnswer, refused } from './refusal.ts';

export interface AccountAdministrationDeps {
  readonly records: AccountRecords;
  readonly clock: Clock;
}

interface WriteOptions {
  readonly expected?: AccountExpectation | undefined;
  readonly erases?: boolean;
}

export function createAccountAdministration({ records, clock }: AccountAdministrationDeps): AccountAdministration {
  const visible = (actor: PeopleActor, found: AccountDetails | undefined) =>
    found !== undefined && maySee(actor, found) ? ok(found) : unknown();

  /** Runs a step on the account, in a transaction of its own. */
  const write = <T>(
    context: ChangeContext,
    id: string,
    work: (step: Step) => Promise<PeopleAnswer<T>>,
    { expected, erases = false }: WriteOptions = {},
  ): Promise<PeopleAnswer<T>> => {
    const now = clock.now();
    const run = async (session: AccountSession) => {
      const account = await session.find(id);
      if (account === undefined || !maySee(context.actor, account)) return unknown();
      if (expected !== undefined && !expected(account)) return changedSince();
      return work({ session, context, account, now });
    };
    return records.write(context, now, run, { erases });
  };

  /** Answers with the account as it is afterwards. */
  const change = (
    context: ChangeContext,
    id: string,
    work: (step: Step) => Promise<PeopleAnswer<null>>,
    options: WriteOptions = {},
  ) =>
    write(
      context,
      id,
      async (step) => {
        const done = await work(step);
        return done.ok ? present(step.session, id) : done;
      },
      options,
    );

  const byAdmin = async <T>({ actor }: ChangeContext, work: () => Promise<PeopleAnswer<T>>) =>
    isPeopleAdmin(actor) ? work() : forAdmins();

  return {
    list: async (actor, filter, page) =>
      seesEverybody(actor)
        ? ok(await records.list(filter, page))
        : refused('not-allowed', 'all accounts are seen by administrators and readers'),

    get: async (actor, id) => visible(actor, await records.find(id)),

    findByUsername: async (actor, username) => visible(actor, await records.findByUsername(username)),

    create: async (context, account) => {
      const checked = checkNew(context.actor, account);
      if (!checked.ok) return checked;
      const now = clock.now();
      return records.write(context, now, (session) => createAccount(session, checked.value, now));
    },

    change: (context, id, fields, expected) => change(context, id, (step) => changeAccount(step, fields), { expected }),

    suspend: (context, id) => byAdmin(context, () => change(context, id, suspendAccount)),

    restore: (context, id) => byAdmin(context, () => change(context, id, restoreAccount)),

    remove: (context, id, expected) =>
      byAdmin(context, () => write(context, id, removeAccount, { expected, erases: true })),

    setOwners: (context, id, usernames) => change(context, id, (step) => changeOwners(step, usernames)),

    merge: (context, into, duplicate) =>
      byAdmin(context, () => change(context, into, (step) => mergeAccounts(step, duplicate), { erases: true })),

    export: async (actor, id) => {
      const found = visible(actor, await records.find(id));
      return found.ok ? ok(await records.exportOf(found.value)) : found;
    },
  };
}

function checkNew(actor: PeopleActor, account: NewAccount): PeopleAnswer<NewAccount> {
  if (!isPeopleAdmin(actor)) return forAdmins();
  if (actor.kind === 'client' && (account.roles?.length ?? 0) > 0) {
    return refused('not-allowed', 'roles are given by administrators, not by clients', 'roles');
  }
  if ((account.owners?.length ?? 0) > 0 && account.kind !== 'service') {
    return refused('invalid', 'only service accounts have owners', 'owners');
  }
  return checkAccountFields(account);
}

async function createAccount(
  session: AccountSession,
  account: NewAccount,
  now: number,
): Promise<PeopleAnswer<AccountDetails>> {
  const { id = randomUUID(), kind = 'person', roles = [], state = 'active', owners = [] } = account;
  await session.insert({ ...account, id }, now);
  const put = await putOwners(session, id, owners);
  if (!put.ok) return put;
  await session.audit('account.created', id, { kind, roles, state });
  return present(session, id);
}

async function present(session: AccountSession, id: string): Promise<PeopleAnswer<AccountDetails>> {
  const account = await session.find(id);
  return account === undefined ? unknown() : ok(account);
}

const unknown = () => refused('not-found', 'there is no account of this name');
const changedSince = () => refused('conflict', 'the account was changed since it was read');
