/** `sluice keys`: lists and makes signing keys (W-KEY-3). */
import { parseArgs } from 'node:util';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { generateKeys } from '../keys/generate.ts';
import { readKeyFiles } from '../keys/key-set.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Command, CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

export const keysCommand: Command = {
  name: 'keys',
  summary: 'List or make signing keys',
  usage: `Usage: sluice keys list                                           one line per key, newest first
       sluice keys generate [--alg RS256|ES256] [--development]   make one key of each kind, or of the kind asked

The newest key of each kind signs from the next start of the server; all keys are published.
`,
  async run(args, io) {
    const [action, ...rest] = args;
    if (action === 'list') {
      parseArgs({ args: rest, options: {} });
      return list(io);
    }
    if (action === 'generate') {
      return generate(rest, io);
    }
    throw new AppError('usage', 'expected `list` or `generate`');
  },
};

async function list(io: CommandIo): Promise<number> {
  const files = await readKeyFiles(requireConfig(io.env).keysDir);
  for (const file of files) {
    const isNewest = files.find(({ alg }) => alg === file.alg) === file;
    const marks = [isNewest ? 'signs' : 'published', ...(file.isDevelopment ? ['development'] : [])];
    const created = new Date(file.createdAt * 1000).toISOString().slice(0, 19);
    io.stdout(`${file.alg}  ${file.kid}  ${created}Z  ${marks.join(', ')}  ${file.path}\n`);
  }
  return 0;
}

async function generate(args: readonly string[], io: CommandIo): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { alg: { type: 'string' }, development: { type: 'boolean' } },
  });
  const { alg, development = false } = values;
  if (alg !== undefined && alg !== 'RS256' && alg !== 'ES256') {
    throw new AppError('usage', `algorithm \`${alg}\` not accepted, expected \`RS256\` or \`ES256\``);
  }
  const algorithms: readonly SigningAlgorithm[] = alg === undefined ? ['RS256', 'ES256'] : [alg];
  const paths = await generateKeys(requireConfig(io.env).keysDir, { clock: systemClock, development, algorithms });
  io.stdout(paths.map((path) => `${path}\n`).join(''));
  return 0;
}
