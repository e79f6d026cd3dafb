/** `sluice authorize`: the pure decision of a storage about scopes and paths, without a signature (wlcg-tokens.md 2.2). */
import { parseArgs } from 'node:util';
import { AppError } from '../shared/errors.ts';
import { authorizeScope, isOperation, operations } from '../validate/index.ts';
import type { Command, CommandIo } from './command.ts';
import { readLines } from './lines.ts';
import { readRequestPath } from './request-path.ts';

const usage = `Usage: sluice authorize --batch
       sluice authorize --scope "…" --operation OPERATION --path P [--base-path P]

Says what a storage decides about a token with these scopes. Operations: ${operations.join(' ')}.

  --batch           reads JSON lines {"id","scope","operation","path","basePath"?,"groups"?} and writes
                    {"id","decision":"allow"|"deny","reason"} for each, in their order; exits with 0
  otherwise         writes one line and exits with 0 (allow) or 1 (deny)

The path of a rename may be "FROM -> TO". Groups give no rights on paths.
`;

/** One answer; `reason` is from a closed set. */
interface Answer {
  readonly decision: 'allow' | 'deny';
  readonly reason: string;
}

export const authorizeCommand: Command = {
  name: 'authorize',
  summary: 'Decide about scopes and paths as a storage does',
  usage,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const question = readQuestion(args);
  if (question === 'batch') {
    await runBatch(io);
    return 0;
  }
  const { decision, reason } = decide(question);
  io.stdout(`${decision}: ${reason}\n`);
  return decision === 'allow' ? 0 : 1;
}

function readQuestion(args: readonly string[]): 'batch' | Readonly<Record<string, unknown>> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { batch: { type: 'boolean' }, scope: text, operation: text, path: text, 'base-path': text },
  });
  const { batch, scope, operation, path, 'base-path': basePath } = values;
  if (batch) {
    if (Object.keys(values).length === 1) return 'batch';
    throw new AppError('usage', '`--batch` takes its questions from the input');
  }
  if (scope === undefined || operation === undefined || path === undefined) {
    throw new AppError('usage', 'expected `--batch`, or `--scope`, `--operation` and `--path`');
  }
  if (!isOperation(operation)) throw new AppError('usage', `operation \`${operation}\` not known`);
  return { scope, operation, path, basePath };
}

async function runBatch(io: CommandIo): Promise<void> {
  for await (const lines of readLines(io.stdin)) {
    const answers = lines.filter((line) => line.trim() !== '').map((line) => `${JSON.stringify(answerLine(line))}\n`);
    if (answers.length > 0) io.stdout(answers.join(''));
  }
}

/** A line that is no question is answered too, so that answers and lines stay in step. */
function answerLine(line: string): Answer & { readonly id: unknown } {
  const question = parseObject(line);
  if (question === undefined) return { id: null, decision: 'deny', reason: 'line_malformed' };
  return { id: question.id ?? null, ...decide(question) };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function decide({ scope, operation, path, basePath }: Readonly<Record<string, unknown>>): Answer {
  if (typeof scope !== 'string') return { decision: 'deny', reason: 'scope_malformed' };
  if (typeof operation !== 'string' || !isOperation(operation))
    return { decision: 'deny', reason: 'operation_unknown' };
  if (typeof path !== 'string') return { decision: 'deny', reason: 'path_malformed' };
  const base = basePath === '' ? '/' : (basePath ?? '/');
  if (typeof base !== 'string') return { decision: 'deny', reason: 'path_outside_base' };
  const answer = authorizeScope({ scope, operation, path: readRequestPath(operation, path), basePath: base });
  return { decision: answer.decision, reason: answer.reason };
}
