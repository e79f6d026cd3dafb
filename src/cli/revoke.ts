/** `sluice revoke`: ends refresh chains and denies access tokens by client, user, group, embargo or time. */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { isoInstant } from '../policy/explain.ts';
import { operator } from '../rules/actor.ts';
import { createBulkRevocation, type Revoked } from '../rules/bulk-revocation.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createBulkRevocationStore } from '../storage/bulk-revocation.ts';
import { logDelayMilliseconds } from '../storage/issue-log.ts';
import { countLiveServers } from '../storage/live-servers.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import { jsonOption, readInstantOption } from './ask.ts';
import type { Command } from './command.ts';
import { requireConfig } from './load-config.ts';

export const revokeCommand: Command = {
  name: 'revoke',
  summary: 'Revoke refresh and access tokens in bulk',
  usage: `Usage: sluice revoke [--client ID] [--user NAME] [--group PATH] [--embargo ID] [--issued-from T] [--issued-before T] --reason TEXT

What is said counts together: only tokens that meet all of it are revoked. At least one selection must be given. Refresh chains end at
once; access tokens are inactive at introspection, and verifiers that work offline take them until they expire: the answer says how
many there are and when the last one ends. The call stands in the audit log.

  --client ID          issued to this client, for it, or resting on a token of it
  --user NAME          issued to this account, whatever the client
  --group PATH         issued to members of this group and of those below it
  --embargo ID         that may open something of the path of this embargo
  --issued-from T      issued at this instant or later, such as 2026-11-22T12:00:00Z
  --issued-before T    issued before this instant
  --reason TEXT        why; kept in the audit log
  --json               the answer as JSON
`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options });
    const { client, user, group, embargo, reason } = values;
    if (!reason?.trim()) throw new AppError('usage', 'expected `--reason`');
    const selection = {
      ...{ client, user, group, embargo },
      issuedFrom: readInstantOption('issued-from', values['issued-from']),
      issuedBefore: readInstantOption('issued-before', values['issued-before']),
    };
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const revocation = createBulkRevocation({
        store: createBulkRevocationStore(database.db),
        clock: systemClock,
        logged: async () => {
          if ((await countLiveServers(database.db)) > 0) await wait(2 * logDelayMilliseconds);
        },
      });
      const outcome = await revocation.revoke({ actor: operator, reason: reason.trim() }, selection);
      if (!outcome.ok) {
        for (const { message } of outcome.refusal.faults ?? [outcome.refusal]) io.stderr(`sluice revoke: ${message}\n`);
        return 1;
      }
      io.stdout(`${values.json ? JSON.stringify(shown(outcome.value)) : describe(outcome.value)}\n`);
      return 0;
    } finally {
      await database.close();
    }
  },
};

const text = { type: 'string' } as const;
const options = {
  client: text,
  user: text,
  group: text,
  embargo: text,
  'issued-from': text,
  'issued-before': text,
  reason: text,
  ...jsonOption,
} as const;

function shown({ at, refreshChains, accessTokens: { count, lastExpiry } }: Revoked) {
  return { at: isoInstant(at), refreshChains, accessTokens: { count, lastExpiry: isoInstant(lastExpiry) } };
}

function describe({ refreshChains, accessTokens: { count, lastExpiry } }: Revoked): string {
  const chains = `${refreshChains} refresh chain${refreshChains === 1 ? '' : 's'} ended`;
  const out = count === 0 ? 'no access token is out' : `${count} access token${count === 1 ? '' : 's'} denied`;
  const until =
    lastExpiry === null ? '' : `; offline verifiers take them until ${isoInstant(lastExpiry)} at the latest`;
  return `${chains}, ${out}${until}`;
}
