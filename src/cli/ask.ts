/** What the commands that ask the policy have in common: the database, the answer as JSON or as text, the exit status. */
import { instant } from '../lake/schema/scalars.ts';
import { compilePolicy } from '../policy/compile.ts';
import { createQuestions } from '../questions/create-questions.ts';
import type { Answer, Questions } from '../questions/questions.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { loadLakeFacts } from '../storage/lake-facts.ts';
import { createLiveTokens } from '../storage/live-tokens.ts';
import { createQuestionStore } from '../storage/question-store.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

/** The options of every question whose answer is a list. */
export const pageOptions = { limit: { type: 'string' }, after: { type: 'string' } } as const;

export const jsonOption = { json: { type: 'boolean', default: false } } as const;

export interface Asking<T> {
  /** The name of the command, for messages. */
  readonly command: string;
  readonly json: boolean;
  readonly question: (questions: Questions) => Answer<T>;
  readonly text: (answer: T) => string;
}

/** Prints the answer; 1 when what the question names does not exist. */
export async function ask<T>(io: CommandIo, { command, json, question, text }: Asking<T>): Promise<number> {
  const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
  try {
    const questions = createQuestions({
      store: createQuestionStore(database.db),
      tokens: createLiveTokens(database.db),
      clock: systemClock,
      snapshot: async () => {
        const { policy, clients } = await loadLakeFacts(database.db);
        return { policy: compilePolicy(policy), clients };
      },
    });
    const answer = await question(questions);
    if (answer.ok) {
      io.stdout(`${json ? JSON.stringify(answer.value) : text(answer.value).trimEnd()}\n`);
      return 0;
    }
    if (answer.error.kind === 'malformed') throw new AppError('usage', answer.error.message);
    io.stderr(`sluice ${command}: ${answer.error.message}\n`);
    return 1;
  } finally {
    await database.close();
  }
}

/** An instant as options give it, in ms since the epoch. */
export function readInstantOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const read = instant.safeParse(text);
  if (read.success) return Date.parse(read.data);
  throw new AppError('usage', `\`--${name}\` is not an instant with its zone, such as \`2027-06-30T00:00:00Z\``);
}

/** What `parseArgs` gives for `pageOptions`, for a question. */
export function readPageOptions({ limit, after }: { readonly limit?: string; readonly after?: string }) {
  return { limit: readLimit(limit), after };
}

export function readLimit(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,9}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new AppError('usage', `limit \`${text}\` not accepted, expected a whole number from 1 to 1000`);
}

/** The line that says how to go on. */
export function continued(next: string | null): string[] {
  return next === null ? [] : [`more: --after '${next}'`];
}
