/** A scope that a client may ask for: storage scopes with a path, group scopes with a good name (W-SCOPE-4, W-GRP-2, W-CAP-4). */
import { z } from 'zod';
import { capabilitySetScope, isUnprefixed, parseScope } from '../../policy/scope.ts';
import { shorten } from './scalars.ts';

/** RFC 6749 section 3.3. */
const tokenPattern = /^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/;

export const scope = z.string().check((context) => {
  const problem = problemOf(context.value);
  if (problem !== undefined) context.issues.push({ code: 'custom', input: context.value, message: problem });
});

/** Words that say who somebody is or how long a service keeps its access, and open nothing at a storage. */
const noCapabilities = new Set(['openid', 'profile', 'email', 'offline_access', 'host.auth']);

/** A member of a capability set: a scope that opens something, and neither a set nor a group again. */
export const capability = scope.check((context) => {
  const { value } = context;
  if (!value.startsWith('wlcg.') && !noCapabilities.has(value)) return;
  const message = `\`${shorten(value)}\` is not a capability, expected a storage scope or a scope such as \`compute.create\``;
  context.issues.push({ code: 'custom', input: value, message });
});

function problemOf(value: string): string | undefined {
  const shown = `\`${shorten(value)}\``;
  if (!tokenPattern.test(value)) {
    return `${shown} is not a scope, expected up to 1024 visible ASCII characters without \`"\` and \`\\\``;
  }
  // Of a client the bare word allows the set of every group; nobody asks for it.
  if (value === capabilitySetScope) return undefined;
  const { kind } = parseScope(value);
  if (kind === 'malformed') {
    const groupName = /^wlcg\.(?:groups|capabilityset)/.exec(value)?.[0];
    return groupName
      ? `${shown} is not a group scope, expected \`${groupName}\` or \`${groupName}:/vo/name\``
      : `${shown} is not a storage scope, expected \`storage.<action>:<path>\` with a canonical path`;
  }
  if (isUnprefixed(value))
    return `${shown} opens storages without saying so, expected \`storage.read:<path>\` or another storage scope`;
  if (kind === 'other' && /^storage(?:\.|:|$)/.test(value)) {
    return `${shown} is not a storage scope, expected one of read, create, modify, stage, poll`;
  }
  return undefined;
}
