/** `sluice impact`: what a grant or embargo would change if it held. */
import { parseArgs } from 'node:util';
import { readEmbargo, readGrant } from '../lake/one-rule.ts';
import type { Impact, ProposedRule, ScopeChange } from '../questions/questions.ts';
import { AppError } from '../shared/errors.ts';
import { ask, jsonOption, readInstantOption, readLimit } from './ask.ts';
import type { Command, CommandIo } from './command.ts';
import { readLakeText } from './lake-text.ts';

export const impactCommand: Command = {
  name: 'impact',
  summary: 'Say what a grant or embargo would change if it held',
  usage: `Usage: sluice impact --grant FILE | --embargo FILE | --draft ID [--at INSTANT] [--limit N] [--json]

Decides typical requests of everybody concerned twice, without the rule and with it, and lists what is different: who would lose or
gain which scopes, and whose tokens would end earlier. Writes nothing.

  --grant FILE     one grant, as in a lake file (YAML or JSON); \`-\` reads the standard input
  --embargo FILE   one embargo
  --draft ID       an embargo of the database that is a draft
  --at INSTANT     when the requests are made; absent: now, or when the rule begins
  --limit N        most changes, 1 to 1000; absent: 100
  --json           the answer as JSON

A rule with the id of one that exists counts as that rule, changed.
`,
  async run(args, io) {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { grant: text, embargo: text, draft: text, at: text, limit: text, ...jsonOption },
    });
    const proposed = await readProposed(values, io);
    const at = readInstantOption('at', values.at);
    const limit = readLimit(values.limit);
    return ask(io, {
      command: 'impact',
      json: values.json,
      question: (questions) => questions.impact({ proposed, at, limit }),
      text: impactText,
    });
  },
};

interface Named {
  readonly grant?: string;
  readonly embargo?: string;
  readonly draft?: string;
}

async function readProposed({ grant, embargo, draft }: Named, { stdin }: CommandIo): Promise<ProposedRule> {
  if ([grant, embargo, draft].filter((one) => one !== undefined).length !== 1) {
    throw new AppError('usage', 'expected one of `--grant`, `--embargo` and `--draft`');
  }
  if (draft !== undefined) return { kind: 'draft', id: draft };
  const { fileName, text } = await readLakeText(grant ?? embargo ?? '', stdin);
  if (grant !== undefined) return { kind: 'grant', rule: orRefuse(readGrant(text, fileName)) };
  return { kind: 'embargo', rule: orRefuse(readEmbargo(text, fileName)) };
}

function orRefuse<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string },
): T {
  if (read.ok) return read.value;
  throw new AppError('lake_invalid', `the rule is not valid:\n${read.error}`);
}

function impactText(answer: Impact): string {
  const { rule, at, changes, losing, gaining, largestExpansion, exposure, evaluated, truncated } = answer;
  return [
    `${rule.kind} ${rule.id} on ${rule.path}, at ${at}`,
    `  ${countPeople(losing)} would lose scopes, ${countPeople(gaining)} would gain some`,
    ...(largestExpansion === null
      ? []
      : [
          `  one scope asked becomes ${largestExpansion.after} at most for clients that expand, now ${largestExpansion.before}`,
        ]),
    `  ${describeExposure(exposure)}`,
    ...describeChanges(changes),
    `${evaluated} requests compared${truncated ? '; not all was looked at, or is told' : ''}`,
  ].join('\n');
}

function describeExposure({ tokens, latestExpiry }: Impact['exposure']): string {
  if (tokens === 0) return 'no token that is out reaches the path';
  const count = tokens === 1 ? '1 token that is out reaches' : `${tokens} tokens that are out reach`;
  return `${count} the path, the last until ${latestExpiry}`;
}

function countPeople({ users, clients }: Impact['losing']): string {
  return `${users} user${users === 1 ? '' : 's'} and ${clients} client${clients === 1 ? '' : 's'}`;
}

/** The changes of the same people through the same clients at one storage stand together. */
function describeChanges(changes: readonly ScopeChange[]): string[] {
  const together = Map.groupBy(changes, ({ names, clients, policyMode, audience }) =>
    JSON.stringify([names, clients, policyMode, audience]),
  );
  return [...together.values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [describeWho(first), ...alike.map(describeChange)];
  });
}

function describeWho({ kind, count, names, clients, policyMode, subjects, audience }: ScopeChange): string {
  const rest = count > names.length ? ` and ${count - names.length} more` : '';
  const through = clients.length === 0 ? '' : ` through ${clients.join(', ')}`;
  const who = `${count === 1 ? kind : `${count} ${kind}s`} ${names.join(', ')}${rest}${through}`;
  return `${who} (${policyMode}), as ${subjects.join(' ')}, for ${audience ?? 'no audience'}:`;
}

function describeChange({ asked, before, after, effect }: ScopeChange): string {
  const gone = before.issued.filter((scope) => !after.issued.includes(scope));
  const made = after.issued.filter((scope) => !before.issued.includes(scope));
  switch (effect) {
    case 'ends-earlier':
    case 'ends-later':
      return `  ${asked}: until ${after.expiresAt}, now ${before.expiresAt}`;
    default: {
      if (after.issued.length === 0) return `  - ${asked}: refused, ${after.refused}`;
      if (before.issued.length === 0) return `  + ${asked}: issued${madeOf(asked, made)}`;
      return `  ${gone.length > 0 ? '-' : '+'} ${asked}: ${[
        ...(gone.length > 0 ? [`without ${some(gone)}`] : []),
        ...(made.length > 0 ? [`with ${some(made)}`] : []),
      ].join(', ')}`;
    }
  }
}

function madeOf(asked: string, made: readonly string[]): string {
  return made.length === 1 && made[0] === asked ? '' : ` as ${some(made)}`;
}

/** An expansion may be long; `--json` has all of it. */
function some(scopes: readonly string[]): string {
  const shown = scopes.slice(0, mostShown).join(' ');
  return scopes.length > mostShown ? `${shown} and ${scopes.length - mostShown} more` : shown;
}

const mostShown = 5;
