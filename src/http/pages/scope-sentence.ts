/** A scope as a sentence for the consent page (issue: "each path scope as a sentence"; WLCG profile 1.3, W-SCOPE-1 to W-SCOPE-3). */
import type { Action } from '../../policy/rule.ts';
import { parseScope } from '../../policy/scope.ts';
import type { TokenProfile } from '../../tokens/profile.ts';
import { profileOfScope } from '../../tokens/profile-scopes.ts';
import { fromScitokens } from '../../tokens/profiles/scitokens.ts';

/** Sentences continue "It will be able to …". `choice` tells whether the user may untick it; the identity is what signing in means. */
export interface ScopeSentence {
  readonly scope: string;
  readonly sentence: string;
  readonly choice: boolean;
}

const identity: Readonly<Record<string, string>> = {
  openid: 'Know who you are, by an identifier that says nothing else about you',
  profile: 'See your name and your username',
  email: 'See your e-mail address',
};

/** How the tokens are written, which opens nothing. */
const profiles: Readonly<Record<TokenProfile, string>> = {
  wlcg: 'Get its access in the form of WLCG tokens',
  rfc9068: 'Get its access in the form of RFC 9068',
  aarc: 'Get its access with your groups written as AARC entitlements',
  scitokens: 'Get its access in the form of SciTokens',
};

const others: Readonly<Record<string, string>> = {
  offline_access: 'Keep this access while you are away, until you or the service ends it',
  entitlements: 'Know which of the usual groups you are in',
  eduperson_entitlement: 'Know which of the usual groups you are in, in an older form',
  'wlcg.groups': 'Know which of the usual groups you are in',
  'compute.read': 'Look at your computing jobs',
  'compute.modify': 'Change your computing jobs',
  'compute.create': 'Start computing jobs for you',
  'compute.cancel': 'Cancel your computing jobs',
  'people:read': 'See the accounts and groups that you may see',
  'people:write': 'Change the accounts and groups that you may change',
  'scim:read': 'See the accounts and groups that you may see',
  'scim:write': 'Change the accounts and groups that you may change',
  'iam:admin.read': 'See the accounts, groups and clients that you may see',
  'iam:admin.write': 'Change the accounts, groups and clients that you may change',
  'policy:read': 'See the access rules that you may see',
  'policy:write': 'Change the access rules that you may change',
};

/** By the action of a storage scope; the root has a sentence of its own. */
const storage: Readonly<Record<Action, { readonly below: (path: string) => string; readonly all: string }>> = {
  read: { below: (path) => `Read files below ${path}`, all: 'Read all files' },
  create: { below: (path) => `Create new files below ${path}`, all: 'Create new files anywhere' },
  modify: {
    below: (path) => `Create, change and delete files below ${path}`,
    all: 'Create, change and delete all files',
  },
  stage: { below: (path) => `Bring files below ${path} from tape`, all: 'Bring all files from tape' },
  poll: { below: (path) => `Ask where files below ${path} are kept`, all: 'Ask where all files are kept' },
};

export function scopeSentence(scope: string): ScopeSentence {
  const profile = profileOfScope(scope);
  const known = identity[scope] ?? (profile && profiles[profile]);
  if (known !== undefined) return { scope, sentence: known, choice: false };
  return { scope, sentence: others[scope] ?? parsedSentence(scope), choice: true };
}

function parsedSentence(scope: string): string {
  const parsed = parseScope(fromScitokens(scope));
  if (parsed.kind === 'storage') {
    const sentences = storage[parsed.action];
    return parsed.path === '/' ? sentences.all : sentences.below(parsed.path);
  }
  if (parsed.kind === 'groups' && parsed.group !== null) return `Know that you are in the group ${parsed.group}`;
  if (parsed.kind === 'capabilityset') return `Use everything that the group ${parsed.group} may do, as one`;
  return `Use the permission “${scope}”`;
}
