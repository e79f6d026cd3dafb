/** `sluice who-can`: who may do an action on a logical path, now, in the past or in the future. */
import { parseArgs } from 'node:util';
import type { AbleToDo, SubjectStanding, WhoCan } from '../questions/questions.ts';
import { AppError } from '../shared/errors.ts';
import { ask, continued, jsonOption, pageOptions, readInstantOption, readPageOptions } from './ask.ts';
import type { Command } from './command.ts';

export const whoCanCommand: Command = {
  name: 'who-can',
  summary: 'Say who may do an action on a path, and by which rules',
  usage: `Usage: sluice who-can ACTION PATH [--at INSTANT] [--audience A] [--limit N] [--after CURSOR] [--json]

ACTION is read, create, modify, stage or poll; PATH is a logical path. Names the clients that act for themselves and the users
that may, by the rules alone, whatever client they come through. For an instant in the past the rules count as they stood then.

  --at INSTANT     such as 2027-06-30T00:00:00Z; absent: now
  --audience A     audiences, separated by blanks: grants that do not count there are left out
  --limit N        most names, 1 to 1000; absent: 100
  --after CURSOR   goes on where the last answer ended
  --json           the answer as JSON
`,
  async run(args, io) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { at: text, audience: text, ...pageOptions, ...jsonOption },
      allowPositionals: true,
    });
    const [operation, path, ...more] = positionals;
    if (operation === undefined || path === undefined || more.length > 0) {
      throw new AppError('usage', 'expected an action and a path');
    }
    const at = readInstantOption('at', values.at);
    const audiences = values.audience?.split(' ').filter((word) => word !== '');
    return ask(io, {
      command: 'who-can',
      json: values.json,
      question: (questions) => questions.whoCan({ operation, path, at, audiences, ...readPageOptions(values) }),
      text: whoCanText,
    });
  },
};

function whoCanText(answer: WhoCan): string {
  const { operation, path, at, rules, grants, embargoes, subjects, principals, next } = answer;
  return [
    `${operation} on ${path} at ${at}${rules === 'past' ? ', by the rules as they stood then' : ''}`,
    ...(grants.length === 0 ? ['no grant gives it'] : []),
    ...embargoes.map(({ id, path: closed }) => `closed by embargo ${id} on ${closed} to all but its parties`),
    ...(subjects.length === 0 ? [] : ['subjects:', ...subjects.map(describeSubject)]),
    ...(principals.length === 0 ? ['nobody may'] : ['who may:', ...principals.map(describePrincipal)]),
    ...continued(next),
  ].join('\n');
}

function describeSubject({ subject, grants, admittedTo, suffices, members }: SubjectStanding): string {
  const parts = [
    ...(grants.length === 0 ? [] : [`granted by ${grants.join(' ')}`]),
    ...(admittedTo.length === 0 ? [] : [`admitted to ${admittedTo.join(' ')}`]),
    ...(members === null ? [] : [`${members} member${members === 1 ? '' : 's'}`]),
  ];
  return `  ${suffices ? '+' : ' '} ${subject}: ${parts.join(', ')}`;
}

function describePrincipal({ kind, name, state, grants, admissions }: AbleToDo): string {
  const by = (rule: string, subject: string) => (subject === `${kind}:${name}` ? rule : `${rule} (${subject})`);
  const rules = [
    ...grants.map(({ id, subject }) => by(id, subject)),
    ...admissions.map(({ embargo, subject }) => by(embargo, subject)),
  ];
  return `  ${kind} ${name}${state === 'suspended' ? ' (suspended now)' : ''}: ${rules.join(', ')}`;
}
