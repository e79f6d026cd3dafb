/** `sluice explain`: what would be issued, what refused and why, from a lake file or the database; no token, no write. */
import { parseArgs } from 'node:util';
import { readLake, refuseFaults } from '../lake/apply.ts';
import { type ExplainView, explain, type Question } from '../lake/explain.ts';
import { answerBatchLine, type BatchQuestion, readBatchLine, readQuestion, unanswered } from '../lake/explain-batch.ts';
import { lakeToFacts } from '../lake/facts.ts';
import { emptyLake } from '../lake/state.ts';
import { compilePolicy } from '../policy/compile.ts';
import { explainText, toBatchLine } from '../policy/explain.ts';
import { AppError } from '../shared/errors.ts';
import { loadAccounts, loadLakeFacts } from '../storage/lake-facts.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { readLakeText } from './lake-text.ts';
import { readLines } from './lines.ts';
import { requireConfig } from './load-config.ts';

/** Rules, and the accounts of the users that are asked about. */
type Viewer = (usernames: readonly string[]) => Promise<ExplainView>;

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Say what would be issued, what refused, and why',
  usage: `Usage: sluice explain [--lake FILE] [--user U] --client C [--audience A] --scope "…" [--at INSTANT]
                      [--subject-scope "…" [--subject-audience A]] [--subject-expires-at INSTANT] [--format text|json]
       sluice explain [--lake FILE] --batch

Decides as the token endpoint does, without a token and without a write. Without --lake the database is asked.

  --lake FILE      rules, clients and accounts of this file (YAML or JSON)
  --user U         a username; absent: the client acts for itself
  --client C       a client id
  --audience A     audiences, separated by blanks; absent: the client's default, or none
  --scope "…"      scopes, separated by blanks
  --at INSTANT     such as 2027-06-30T00:00:00Z; absent: now
  --subject-scope "…"
                   scopes of a subject token: as in a token exchange, nothing beyond them is issued
  --subject-audience A
                   its audiences; absent: those now asked
  --subject-expires-at INSTANT
                   its end, which the new token does not outlive
  --format FORMAT  text or json
  --batch          reads JSON lines {"id","user","client","audience","scope","at"}, with "subjectScope","subjectAudience",
                   "subjectExpiresAt" where wanted, and writes for each, in their order,
                   {"id","granted","groups","refused","expiresAt","error","because"}; exits with 0
`,
  run,
};

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const options = readOptions(args);
  if (options.batch && options.lake === '-') {
    throw new AppError('usage', '`--batch` reads its questions from the standard input, expected a file for `--lake`');
  }
  const use = (view: Viewer) => (options.batch ? runBatch(view, io) : runOne(view, options, io));
  if (options.lake !== undefined) return use(await viewFile(options.lake, io));
  const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
  try {
    const { policy, clients } = await loadLakeFacts(database.db);
    const compiled = compilePolicy(policy);
    return await use(async (usernames) => ({
      policy: compiled,
      clients,
      accounts: await loadAccounts(database.db, usernames),
    }));
  } finally {
    await database.close();
  }
}

type Options = ReturnType<typeof readOptions>;

function readOptions(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      lake: text,
      user: text,
      client: text,
      audience: text,
      scope: text,
      at: text,
      'subject-scope': text,
      'subject-audience': text,
      'subject-expires-at': text,
      format: { type: 'string', default: 'text' },
      batch: { type: 'boolean', default: false },
    },
  });
  const { batch, client, scope, format } = values;
  if (!['text', 'json'].includes(format)) {
    throw new AppError('usage', `format \`${format}\` not known, expected \`text\` or \`json\``);
  }
  if (!batch && (client === undefined || scope === undefined)) {
    throw new AppError('usage', 'expected `--client` and `--scope`, or `--batch`');
  }
  return values;
}

async function viewFile(path: string, io: CommandIo): Promise<Viewer> {
  const { fileName, text } = await readLakeText(path, io.stdin);
  const lake = readLake(text, fileName);
  refuseFaults(lake, fileName, emptyLake);
  const { policy, clients, accounts } = lakeToFacts(lake);
  const view = { policy: compilePolicy(policy), clients, accounts };
  return async () => view;
}

async function runOne(viewer: Viewer, options: Options, io: CommandIo): Promise<number> {
  const question = readQuestion(fieldsOf(options), Date.now());
  if (!question.ok) throw new AppError('usage', question.error);
  const view = await viewer(usersOf([question.value]));
  const result = explain(view, question.value);
  if (!result.ok) {
    if (options.format === 'json') io.stdout(`${JSON.stringify(unanswered(null, result.error))}\n`);
    io.stderr(`sluice explain: ${result.error}\n`);
    return 1;
  }
  const { request, decision, note } = result.value;
  io.stdout(
    `${options.format === 'json' ? JSON.stringify(toBatchLine(null, decision)) : explainText(request, decision)}\n`,
  );
  if (note !== null) io.stderr(`but ${note}\n`);
  return 0;
}

/** The options as the fields of a line. */
function fieldsOf({ 'subject-scope': scope, 'subject-audience': audience, ...options }: Options) {
  const subjectExpiresAt = options['subject-expires-at'];
  return { ...options, subjectScope: scope, subjectAudience: audience, subjectExpiresAt };
}

/** Answers go out as the questions come in; the accounts of each piece of input are looked up together. */
async function runBatch(viewer: Viewer, io: CommandIo): Promise<number> {
  for await (const lines of readLines(io.stdin)) {
    const now = Date.now();
    const questions = lines.filter((line) => line.trim() !== '').map((line) => readBatchLine(line, now));
    if (questions.length === 0) continue;
    const view = await viewer(usersOf(questions.flatMap(asked)));
    io.stdout(questions.map((question) => `${JSON.stringify(answerBatchLine(view, question))}\n`).join(''));
  }
  return 0;
}

function asked({ question }: BatchQuestion): Question[] {
  return question.ok ? [question.value] : [];
}

function usersOf(questions: readonly Question[]): string[] {
  return [...new Set(questions.flatMap(({ user }) => (user === null ? [] : [user])))];
}
