/** A scope that a client may ask for: storage scopes with a path, group scopes with a good name (W-SCOPE-4, W-GRP-2). */
import { z } from 'zod';
import { parseScope } from '../../policy/scope.ts';
import { shorten } from './scalars.ts';

/** RFC 6749 section 3.3. */
const tokenPattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;

export const scope = z.string().check((context) => {
  const problem = problemOf(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', input: context.value, message: problem });
});

function problemOf(value: string): string | undefined {
  const shown = `\`${shorten(value)}\``;
  if (!tokenPattern.test(value)) {
    return `${shown} is not a scope, expected up to 1024 visible ASCII characters without \`"\` and \`\\\``;
  }
  const { kind } = parseScope(value);
  if (kind === 'malformed') {
    return value.startsWith('wlcg.groups')
      ? `${shown} is not a group scope, expected \`wlcg.groups\` or \`wlcg.groups:/vo/name\``
      : `${shown} is not a storage scope, expected \`storage.<action>:<path>\` with a canonical path`;
  }
  if (kind === 'other' && /^storage(?:\.|:|$)/.test(value)) {
    return `${shown} is not a storage scope, expected one of read, create, modify, stage, poll`;
  }
  return undefined;
}
