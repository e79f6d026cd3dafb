/** The lines of `explain --batch`: a question as a JSON object in, an answer as a JSON object out, whatever the line holds. */
import { type BatchLine, toBatchLine } from '../policy/explain.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type ExplainView, explain, type Question } from './explain.ts';

/** An answer; `message` says what is wrong with a question that cannot be answered. */
export type Answer = BatchLine<unknown> & { readonly message?: string };

/** A line as read: its id, and the question or what is wrong with it. */
export interface BatchQuestion {
  readonly id: unknown;
  readonly question: Result<Question, string>;
}

/** Reads a line; `now` counts where it names no instant. */
export function readBatchLine(line: string, now: number): BatchQuestion {
  const fields = parseObject(line);
  if (fields === undefined) return { id: null, question: err('the line is not a JSON object') };
  return { id: fields.id ?? null, question: readQuestion(fields, now) };
}

export function answerBatchLine(view: ExplainView, { id, question }: BatchQuestion): Answer {
  if (!question.ok) return unanswered(id, question.error);
  const result = explain(view, question.value);
  if (!result.ok) return unanswered(id, result.error);
  return toBatchLine(id, result.value.decision);
}

export function unanswered(id: unknown, message: string): Answer {
  return { id, granted: [], groups: [], refused: [], expiresAt: null, error: 'invalid_scope', because: [], message };
}

/** The texts that a question may have beside `client`. */
const textFields = ['user', 'audience', 'scope', 'at', 'subjectScope', 'subjectAudience', 'subjectExpiresAt'] as const;

type Texts = Readonly<Partial<Record<(typeof textFields)[number], string>>>;

/** Reads the fields of a question: from a line, or from the options of the command. */
export function readQuestion(fields: Readonly<Record<string, unknown>>, now: number): Result<Question, string> {
  const { client } = fields;
  if (typeof client !== 'string') return err('`client` is missing, expected a client id');
  const wrong = textFields.find((name) => fields[name] !== undefined && !isTextOrNull(fields[name]));
  if (wrong !== undefined) return err(`\`${wrong}\` is not a text`);
  const given = Object.fromEntries(
    textFields.filter((name) => typeof fields[name] === 'string').map((name) => [name, fields[name]]),
  ) as Texts;
  const at = given.at === undefined ? now : readInstant(given.at);
  if (at === undefined) return err(notAnInstant('at'));
  const subject = readSubject(given);
  if (!subject.ok) return subject;
  const asked = { user: given.user ?? null, client, audiences: words(given.audience), scopes: words(given.scope), at };
  return ok({ ...asked, ...subject.value });
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

type SubjectFields = Pick<Question, 'subjectScopes' | 'subjectAudiences' | 'subjectExpiresAt'>;

function readSubject({ subjectScope, subjectAudience, subjectExpiresAt }: Texts): Result<SubjectFields, string> {
  const expiresAt = subjectExpiresAt === undefined ? undefined : readInstant(subjectExpiresAt);
  if (subjectExpiresAt !== undefined && expiresAt === undefined) return err(notAnInstant('subjectExpiresAt'));
  if (subjectAudience !== undefined && subjectScope === undefined) {
    return err('`subjectAudience` says where `subjectScope` counts, expected both');
  }
  return ok({
    subjectScopes: subjectScope === undefined ? undefined : words(subjectScope),
    subjectAudiences: subjectAudience === undefined ? undefined : words(subjectAudience),
    subjectExpiresAt: expiresAt,
  });
}

function words(text = ''): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function notAnInstant(field: string): string {
  return `\`${field}\` is not an instant with its zone, such as \`2027-06-30T00:00:00Z\``;
}

function readInstant(text: string): number | undefined {
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/i.test(text);
  const instant = isInstant ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? undefined : instant;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
