/** `sluice why`: what was asked for and issued with a token, what was refused, and by which rules. */
import { parseArgs } from 'node:util';
import { describeCap } from '../policy/explain.ts';
import type { DeterminingRule, IssueRecord, Refusals } from '../questions/questions.ts';
import { AppError } from '../shared/errors.ts';
import { ask, continued, jsonOption, pageOptions, readInstantOption, readPageOptions } from './ask.ts';
import type { Command } from './command.ts';

export const whyCommand: Command = {
  name: 'why',
  summary: 'Explain an issued token, or list what was refused',
  usage: `Usage: sluice why JTI [--json]
       sluice why --refused [--subject S] [--client C] [--from INSTANT] [--until INSTANT] [--limit N] [--after CURSOR] [--json]

Reads the issue log: what was asked for, issued and refused, the rules that decided, and what became of these since.

  --refused        lists requests that were refused whole, newest first
  --subject S      a username, or the sub of tokens
  --client C       a client id
  --from INSTANT   absent: a day before the end
  --until INSTANT  absent: now
  --limit N        most entries, 1 to 1000; absent: 100
  --after CURSOR   goes on where the last answer ended
  --json           the answer as JSON
`,
  async run(args, io) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        refused: { type: 'boolean', default: false },
        subject: text,
        client: text,
        from: text,
        until: text,
        ...pageOptions,
        ...jsonOption,
      },
      allowPositionals: true,
    });
    const { refused, json, subject, client } = values;
    const [jti, ...more] = positionals;
    if (more.length > 0 || refused === (jti !== undefined)) {
      throw new AppError('usage', 'expected the jti of a token, or `--refused`');
    }
    if (jti !== undefined) {
      return ask(io, { command: 'why', json, question: (questions) => questions.why({ jti }), text: recordText });
    }
    const window = { from: readInstantOption('from', values.from), until: readInstantOption('until', values.until) };
    return ask(io, {
      command: 'why',
      json,
      question: (questions) => questions.refusals({ subject, client, ...window, ...readPageOptions(values) }),
      text: refusalsText,
    });
  },
};

function refusalsText({ entries, next }: Refusals): string {
  return [...(entries.length === 0 ? ['nothing was refused'] : entries.map(recordText)), ...continued(next)].join('\n');
}

function recordText(record: IssueRecord): string {
  const { event, at, jti, subject, username, client, flow, audiences, requested, issued, refused, revoked } = record;
  const who =
    subject === client ? `client ${client} for itself` : `user ${username ?? subject} through client ${client}`;
  return [
    `${event === 'issued' ? `token ${jti}` : 'refused'} at ${at} to ${who}, ${flow}, policy version ${record.policyVersion}`,
    `  audience: ${audiences.join(' ') || '(none)'}`,
    `  asked:    ${requested.join(' ') || '(nothing)'}`,
    ...(event === 'issued' ? [`  issued:   ${issued.join(' ') || '(nothing)'}`] : []),
    ...refused.map(({ scope, reason, meaning }) => `  refused:  ${scope}: ${reason} (${meaning})`),
    ...(record.expiresAt === null
      ? []
      : [
          `  ends:     ${record.expiresAt}${record.cappedBy === null ? '' : `, ${describeCap(record.cappedBy)}`}${revoked ? ', revoked' : ''}`,
        ]),
    ...(record.parentJti === null ? [] : [`  from:     ${record.parentJti}`]),
    ...record.exchangeRules.map((id) => `  wider by exchange rule ${id}`),
    ...record.rules.flatMap(describeRule),
  ].join('\n');
}

function describeRule({ id, kind, version, path, changes }: DeterminingRule): string[] {
  if (kind === 'unknown') return [`  by ${id}, of which no history is known`];
  return [
    `  by ${kind} ${id}${version === null ? '' : ` version ${version}`} on ${path}${changes.length === 0 ? ', unchanged since' : ''}`,
    ...changes.map((change) => {
      const reason = change.reason === null ? '' : `: ${change.reason}`;
      return `      ${change.change} at ${change.at} by ${change.actor}${reason}`;
    }),
  ];
}
