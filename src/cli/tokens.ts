/** `sluice tokens`: which access tokens that are still out open a logical path, and whose they are. */
import { parseArgs } from 'node:util';
import type { TokenOut, TokensOut } from '../questions/questions.ts';
import { AppError } from '../shared/errors.ts';
import { ask, continued, jsonOption, pageOptions, readPageOptions } from './ask.ts';
import type { Command } from './command.ts';

export const tokensCommand: Command = {
  name: 'tokens',
  summary: 'List the tokens that are out and open a path',
  usage: `Usage: sluice tokens PATH [--operation ACTION] [--limit N] [--after CURSOR] [--json]

PATH is a logical path. Lists the access tokens of the issue log that have not expired and are not revoked, with the scopes that
open the path, all of it or something below it, at any storage that would take the token. The longest-lived come first.

  --operation A    only scopes that let their bearer do this: read, create, modify, stage or poll
  --limit N        most tokens, 1 to 1000; absent: 100
  --after CURSOR   goes on where the last answer ended
  --json           the answer as JSON
`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { operation: { type: 'string' }, ...pageOptions, ...jsonOption },
      allowPositionals: true,
    });
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0) throw new AppError('usage', 'expected a path');
    return ask(io, {
      command: 'tokens',
      json: values.json,
      question: (questions) => questions.tokens({ path, operation: values.operation, ...readPageOptions(values) }),
      text: tokensText,
    });
  },
};

function tokensText({ path, at, total, latestExpiry, tokens, next }: TokensOut): string {
  const sum =
    total === 0 ? 'no token is out' : `${total} token${total === 1 ? '' : 's'} out, the last until ${latestExpiry}`;
  return [`${path} at ${at}: ${sum}`, ...tokens.map(describeToken), ...continued(next)].join('\n');
}

function describeToken({ jti, subject, username, client, audiences, scopes, expiresAt }: TokenOut): string {
  const holder = subject === client ? `client ${client}` : `user ${username ?? subject} through ${client}`;
  const where = audiences.length === 0 ? 'any audience' : audiences.join(' ');
  return [
    `  ${jti} until ${expiresAt}: ${holder}, for ${where}`,
    ...scopes.map(({ scope, reach, storages }) => {
      const names = storages.map((name) => name ?? 'storages not registered').join(', ');
      return `      ${scope} opens ${reach === 'whole' ? 'all of it' : 'a part of it'} at ${names}`;
    }),
  ].join('\n');
}
