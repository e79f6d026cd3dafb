/** `sluice client`: shows clients that registered themselves, and allows them what they could not give themselves. */
import { parseArgs } from 'node:util';
import type { ListedRegistration } from '../clients/registration-store.ts';
import { operator } from '../rules/actor.ts';
import { type ClientAllowance, createClientAllowance } from '../rules/client-allowance.ts';
import type { Refusal } from '../rules/refusal.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createRegistrationStore } from '../storage/client-registration.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

export const clientCommand: Command = {
  name: 'client',
  summary: 'Show registered clients, and allow them more',
  usage: `Usage: sluice client list
       sluice client allow ID [--scope SCOPE]... [--optional-groups] --reason TEXT
       sluice client disallow ID [--scope SCOPE]... [--optional-groups] --reason TEXT

For clients that registered themselves (RFC 7591); those of the lake file are changed there. A registered client may ask for no
storage, compute or optional-group scope until it is allowed here. What is allowed outlasts updates by the client itself and stands
in the audit log. \`list\` prints id, day of the last token, who registered it, name and scopes, separated by tabs.

  --scope SCOPE        such as storage.read:/cta/open, in logical paths; several may be given
  --optional-groups    every optional group that the user is in, by name
  --reason TEXT        why; kept in the audit log
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [step, clientId, ...more] = positionals;
    if (more.length > 0) throw new AppError('usage', 'expected one client id');
    const work = workOf(step, clientId, values);
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const confirmation = createWriteConfirmation(database);
      const allowance = createClientAllowance({
        store: createRegistrationStore(database.db),
        clock: systemClock,
        settled: (version) => confirmation.confirmEverywhere(version),
      });
      return await work(allowance, io);
    } finally {
      await database.close();
    }
  },
};

const options = {
  scope: { type: 'string', multiple: true, default: [] as string[] },
  'optional-groups': { type: 'boolean', default: false },
  reason: { type: 'string' },
} as const;

interface Values {
  readonly scope: readonly string[];
  readonly 'optional-groups': boolean;
  readonly reason?: string | undefined;
}

type Work = (allowance: ClientAllowance, io: CommandIo) => Promise<number>;

function workOf(step: string | undefined, clientId: string | undefined, values: Values): Work {
  if (step === 'list' && clientId === undefined) return list;
  if (step !== 'allow' && step !== 'disallow') throw new AppError('usage', 'expected `list`, `allow` or `disallow`');
  if (clientId === undefined) throw new AppError('usage', 'expected a client id');
  const { scope, reason } = values;
  if (!reason?.trim()) throw new AppError('usage', 'expected `--reason`');
  if (scope.length === 0 && !values['optional-groups']) {
    throw new AppError('usage', 'expected `--scope` or `--optional-groups`');
  }
  const isMore = step === 'allow';
  const change = {
    allow: isMore ? scope : [],
    disallow: isMore ? [] : scope,
    ...(values['optional-groups'] && { optionalGroups: isMore }),
  };
  return async (allowance, io) => {
    const outcome = await allowance.change({ actor: operator, reason: reason.trim() }, clientId, change);
    if (!outcome.ok) return refused(outcome.refusal, io);
    const { scopes, optionalGroups, policyVersion } = outcome.value;
    io.stdout(`${clientId} may ask for: ${scopes.join(' ')}${optionalGroups ? ' (optional groups by name)' : ''}\n`);
    io.stderr(`in force from policy version ${policyVersion}\n`);
    return 0;
  };
}

const list: Work = async (allowance, io) => {
  for (let after: string | null = null; ; ) {
    const found = await allowance.list(operator, { limit: 500, after });
    if (!found.ok) return refused(found.refusal, io);
    for (const client of found.value.items) io.stdout(`${lineOf(client)}\n`);
    if (found.value.next === null) return 0;
    after = found.value.next;
  }
};

function lineOf({ clientId, definition, state, registeredBy, usedOn }: ListedRegistration): string {
  const scopes = (definition.scopes ?? []).join(' ');
  const cells = [clientId, usedOn ?? 'never', registeredBy ?? '-', definition.name ?? '-', scopes];
  return [...cells, ...(state === 'suspended' ? ['suspended'] : [])].join('\t');
}

function refused({ message, faults }: Refusal, io: CommandIo): number {
  for (const fault of faults ?? [{ message }]) io.stderr(`sluice client: ${fault.message}\n`);
  return 1;
}
