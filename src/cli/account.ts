/** `sluice account`: shows accounts, and suspends, restores or removes one. */
import { parseArgs } from 'node:util';
import { type ChangeContext, peopleOperator } from '../accounts/actor.ts';
import type { AccountAdministration, AccountDetails, AccountSummary } from '../accounts/administration.ts';
import { createAccountAdministration } from '../accounts/create-administration.ts';
import type { PeopleRefusal } from '../accounts/refusal.ts';
import { isoInstant } from '../policy/explain.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createAccountRecords } from '../storage/account-records.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

export const accountCommand: Command = {
  name: 'account',
  summary: 'Show, suspend, restore and remove accounts',
  usage: `Usage: sluice account list [--search TEXT]
       sluice account show USERNAME
       sluice account export USERNAME
       sluice account suspend USERNAME --reason TEXT
       sluice account restore USERNAME --reason TEXT
       sluice account remove USERNAME --reason TEXT

A suspension ends sessions, refresh chains and consents at once, and access tokens are inactive at introspection. A removal erases
everything but the id in logs and histories; neither id nor username is ever given again. The last active administrator stays. All
stands in the audit trail. \`list\` prints id, username, name, mail address, state and end, separated by tabs; \`export\` prints
everything that is kept of the account as JSON.

  --search TEXT    beginnings of the username, of words of the name or of the mail address
  --reason TEXT    why; kept in the audit log
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [step, username, ...more] = positionals;
    if (more.length > 0) throw new AppError('usage', 'expected one username');
    const work = workOf(step, username, values);
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const records = createAccountRecords(database.db);
      return await work(createAccountAdministration({ records, clock: systemClock }), io);
    } finally {
      await database.close();
    }
  },
};

const options = { search: { type: 'string' }, reason: { type: 'string' } } as const;

interface Values {
  readonly search?: string | undefined;
  readonly reason?: string | undefined;
}

type Work = (accounts: AccountAdministration, io: CommandIo) => Promise<number>;
type Change = 'suspend' | 'restore' | 'remove';

const done: Readonly<Record<Change, string>> = { suspend: 'suspended', restore: 'restored', remove: 'removed' };

function workOf(step: string | undefined, username: string | undefined, { search, reason }: Values): Work {
  if (step === 'list' && username === undefined) return list(search);
  if (!isChange(step) && step !== 'show' && step !== 'export') {
    throw new AppError('usage', 'expected `list`, `show`, `export`, `suspend`, `restore` or `remove`');
  }
  if (username === undefined) throw new AppError('usage', 'expected a username');
  if (!isChange(step)) return step === 'show' ? show(username) : exportOne(username);
  if (!reason?.trim()) throw new AppError('usage', 'expected `--reason`');
  return change(step, username, { actor: peopleOperator, reason: reason.trim() });
}

function isChange(step: string | undefined): step is Change {
  return step !== undefined && Object.hasOwn(done, step);
}

function list(search: string | undefined): Work {
  return async (accounts, io) => {
    for (let after: string | null = null; ; ) {
      const found = await accounts.list(peopleOperator, { search }, { limit: 500, after });
      if (!found.ok) return refused(found.error, io);
      for (const account of found.value.items) io.stdout(`${lineOf(account)}\n`);
      if (found.value.next === null) return 0;
      after = found.value.next;
    }
  };
}

function lineOf({ id, username, name, email, state, endsAt }: AccountSummary): string {
  return [id, username, name ?? '-', email ?? '-', state, isoInstant(endsAt) ?? '-'].join('\t');
}

function show(username: string): Work {
  return async (accounts, io) => {
    const found = await accounts.findByUsername(peopleOperator, username);
    if (!found.ok) return refused(found.error, io);
    for (const [name, value] of factsOf(found.value)) io.stdout(`${`${name}:`.padEnd(16)}${value}\n`);
    return 0;
  };
}

function factsOf(account: AccountDetails): readonly (readonly [string, string])[] {
  const { suspendedBecause, suspendedAt, owners } = account;
  const since = suspendedAt === null ? '' : ` since ${isoInstant(suspendedAt)}`;
  return [
    ['id', account.id],
    ['username', account.username],
    ['kind', account.kind],
    ['state', `${account.state}${since}${suspendedBecause === null ? '' : `: ${suspendedBecause}`}`],
    ['name', account.name ?? '-'],
    ['email', account.email ?? '-'],
    ['affiliation', account.affiliation ?? '-'],
    ['roles', account.roles.join(' ') || '-'],
    ['ends', isoInstant(account.endsAt) ?? '-'],
    ['last login', isoInstant(account.lastLoginAt) ?? '-'],
    ...(account.kind === 'service' ? [['owners', owners.join(' ') || '-'] as const] : []),
    ['groups', account.memberships.map(({ group }) => group).join(' ') || '-'],
  ];
}

function exportOne(username: string): Work {
  return async (accounts, io) => {
    const found = await accounts.findByUsername(peopleOperator, username);
    if (!found.ok) return refused(found.error, io);
    const exported = await accounts.export(peopleOperator, found.value.id);
    if (!exported.ok) return refused(exported.error, io);
    io.stdout(`${JSON.stringify(exported.value, null, 2)}\n`);
    return 0;
  };
}

function change(step: Change, username: string, context: ChangeContext): Work {
  return async (accounts, io) => {
    const found = await accounts.findByUsername(peopleOperator, username);
    if (!found.ok) return refused(found.error, io);
    const { id } = found.value;
    const changed = await accounts[step](context, id);
    if (!changed.ok) return refused(changed.error, io);
    io.stdout(`${username} (${id}) is ${done[step]}\n`);
    return 0;
  };
}

function refused({ message }: PeopleRefusal, io: CommandIo): number {
  io.stderr(`sluice account: ${message}\n`);
  return 1;
}
