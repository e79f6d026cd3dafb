/** `sluice client`: shows clients, allows registered ones what they could not give themselves, and decides about any of them. */
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
import { checkClientStep, clientSteps, isClientStep, runClientStep } from './client-life.ts';
import type { Command, CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

export const clientCommand: Command = {
  name: 'client',
  summary: 'Show clients, allow them more, suspend them, decide requests',
  usage: `Usage: sluice client list
       sluice client allow ID [--scope SCOPE]... [--optional-groups] --reason TEXT
       sluice client disallow ID [--scope SCOPE]... [--optional-groups] --reason TEXT
       sluice client show ID
       sluice client suspend ID --reason TEXT
       sluice client restore ID --reason TEXT
       sluice client owners ID [--owner USERNAME]... --reason TEXT
       sluice client requests
       sluice client approve REQUEST [--scope SCOPE]... [--reason TEXT]
       sluice client refuse REQUEST --reason TEXT

\`list\`, \`allow\` and \`disallow\` are for clients that registered themselves (RFC 7591); those of the lake file are changed there. A
registered client may ask for no storage, compute or optional-group scope until it is allowed here. What is allowed outlasts updates
by the client itself and its owners, and stands in the audit log. \`list\` prints id, day of the last token, who registered it, name
and scopes, separated by tabs; \`requests\` what waits for a decision: request, client, who asks, what for, and the note.

  --scope SCOPE        such as storage.read:/cta/open, in logical paths; several may be given. With \`approve\`: only these of what
                       was asked; without it everything
  --optional-groups    every optional group that the user is in, by name
  --owner USERNAME     who looks after the client from now on; several may be given, none: nobody
  --reason TEXT        why; kept in the audit log
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [step, clientId, ...more] = positionals;
    if (more.length > 0) throw new AppError('usage', 'expected one client id');
    const { scope: scopes, owner: owners } = values;
    const told = { id: clientId, owners, scopes, reason: values.reason?.trim() || null };
    if (isClientStep(step)) checkClientStep(step, told);
    const work = isClientStep(step) ? undefined : workOf(step, clientId, values);
    const config = requireConfig(io.env);
    const database = await openDatabaseForCommand(config, (line) => io.stderr(`${line}\n`));
    try {
      if (isClientStep(step)) return await runClientStep(step, told, { database, issuer: config.issuer, io });
      const confirmation = createWriteConfirmation(database);
      const allowance = createClientAllowance({
        store: createRegistrationStore(database.db),
        clock: systemClock,
        settled: (version) => confirmation.confirmEverywhere(version),
      });
      return (await work?.(allowance, io)) ?? 1;
    } finally {
      await database.close();
    }
  },
};

const options = {
  scope: { type: 'string', multiple: true, default: [] as string[] },
  'optional-groups': { type: 'boolean', default: false },
  owner: { type: 'string', multiple: true, default: [] as string[] },
  reason: { type: 'string' },
} as const;

interface Values {
  readonly scope: readonly string[];
  readonly 'optional-groups': boolean;
  readonly owner: readonly string[];
  readonly reason?: string | undefined;
}

type Work = (allowance: ClientAllowance, io: CommandIo) => Promise<number>;

function workOf(step: string | undefined, clientId: string | undefined, values: Values): Work {
  if (step === 'list' && clientId === undefined) return list;
  if (step !== 'allow' && step !== 'disallow')
    throw new AppError('usage', `expected one of ${['list', 'allow', 'disallow', ...clientSteps].join(', ')}`);
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
