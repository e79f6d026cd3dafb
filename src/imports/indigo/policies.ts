/** Scope policies of INDIGO IAM: permissions become grants; whatever then means something else is told with a request that shows it (policy-semantics, "match rules against the requested scope text"). */
import { grantSchema } from '../../lake/schema/rule.ts';
import { isAtOrBelow, parsePath } from '../../policy/path.ts';
import type { LakeItem } from '../checked.ts';
import type { ImportExample, ImportNote } from '../note.ts';
import type { DumpRow } from '../sql-dump.ts';
import type { ImportedAccounts } from './accounts.ts';
import type { ImportedGroups } from './groups.ts';
import { type IndigoRows, textOf } from './tables.ts';

export interface ImportedPolicies {
  readonly grants: readonly LakeItem[];
  readonly notes: readonly ImportNote[];
}

/** A policy in INDIGO's words. */
interface ScopePolicy {
  readonly id: string;
  readonly rule: 'PERMIT' | 'DENY';
  readonly matching: 'EQ' | 'PATH' | 'REGEXP';
  /** `user:…` or `group:…`; null: everybody for whom no other policy says something. */
  readonly subject: string | null;
  readonly scopes: readonly string[];
}

interface StorageScope {
  readonly action: string;
  readonly path: string;
}

const allActions = ['read', 'stage', 'create', 'modify', 'poll'];

export function importPolicies(
  rows: IndigoRows,
  groups: ImportedGroups,
  accounts: ImportedAccounts,
  clients: readonly LakeItem[],
): ImportedPolicies {
  const notes: ImportNote[] = [];
  const policies = readPolicies(rows, groups, accounts, notes);
  const members = memberOf(accounts.items);
  const root = onlyRoot(groups);
  const grants = [...policies.flatMap((policy) => grantsOf(policy, root)), ...clients.flatMap(clientGrants)];
  const refused = policies.filter(({ rule, subject }) => rule === 'DENY' && subject === null);
  for (const policy of policies) notes.push(...meaningOf(policy, { grants, members, root, refused }));
  return { grants, notes };
}

function readPolicies(
  rows: IndigoRows,
  groups: ImportedGroups,
  accounts: ImportedAccounts,
  notes: ImportNote[],
): ScopePolicy[] {
  const scopes = rows.by('iam_scope_policy_scope', 'policy_id');
  return rows.of('iam_scope_policy').flatMap((row) => {
    const id = row.id ?? '';
    const subject = subjectOf(row, groups, accounts);
    if (subject === undefined) {
      notes.push({ object: `scope policy ${id}`, outcome: 'left-out', why: 'whom it is for was left out' });
      return [];
    }
    return {
      id,
      rule: row.rule === 'DENY' ? 'DENY' : 'PERMIT',
      matching: (textOf(row, 'matching_policy') ?? 'EQ') as ScopePolicy['matching'],
      subject,
      scopes: (scopes.get(id) ?? []).flatMap((entry) => textOf(entry, 'scope') ?? []),
    };
  });
}

/** Null: everybody. Undefined: somebody who did not come over. */
function subjectOf(row: DumpRow, { pathOf }: ImportedGroups, { usernameOf }: ImportedAccounts) {
  const { account_id: account = null, group_id: group = null } = row;
  if (account !== null) {
    const username = usernameOf.get(account);
    return username === undefined ? undefined : `user:${username}`;
  }
  if (group === null) return null;
  const path = pathOf.get(group);
  return path === undefined ? undefined : `group:${path}`;
}

/** Permissions on storage scopes; one grant for each path. A policy that names no scope is about all of them. */
function grantsOf(policy: ScopePolicy, root: string | null): LakeItem[] {
  const subject = policy.subject ?? (root === null || policy.scopes.length === 0 ? null : `group:${root}`);
  if (policy.rule !== 'PERMIT' || subject === null || policy.matching === 'REGEXP') return [];
  const byPath = new Map<string, string[]>();
  for (const { action, path } of storageScopes(policy)) {
    byPath.set(path, [...(byPath.get(path) ?? []), action]);
  }
  return [...byPath].flatMap(([path, actions], index) => {
    const id = `indigo-policy-${policy.id}${index === 0 ? '' : `-${index + 1}`}`;
    const grant = { id, subject, actions: [...new Set(actions)], path };
    return grantSchema.safeParse(grant).success ? [grant] : [];
  });
}

function storageScopes({ scopes }: ScopePolicy): StorageScope[] {
  if (scopes.length === 0) return allActions.map((action) => ({ action, path: '/' }));
  return scopes.flatMap((scope) => storageScope(scope) ?? []);
}

function storageScope(scope: string): StorageScope | undefined {
  const [, action, path] = /^storage\.(read|stage|create|modify|poll)(?::(.*))?$/.exec(scope) ?? [];
  const parsed = parsePath(path ?? '/');
  return action === undefined || !parsed.ok ? undefined : { action, path: parsed.value };
}

/** INDIGO never asks its policies about a client that acts for itself: what its registration allows, it gets. */
function clientGrants(client: LakeItem): LakeItem[] {
  const grantTypes = (client.grantTypes ?? []) as readonly string[];
  if (!grantTypes.includes('client_credentials')) return [];
  const byPath = new Map<string, string[]>();
  for (const scope of (client.scopes ?? []) as readonly string[]) {
    const storage = storageScope(scope);
    if (storage !== undefined) byPath.set(storage.path, [...(byPath.get(storage.path) ?? []), storage.action]);
  }
  return [...byPath].flatMap(([path, actions], index) => {
    const id = `indigo-client-${client.clientId}${index === 0 ? '' : `-${index + 1}`}`;
    const grant = { id, subject: `client:${client.clientId}`, actions: [...new Set(actions)], path };
    return grantSchema.safeParse(grant).success ? [grant] : [];
  });
}

interface Present {
  readonly grants: readonly LakeItem[];
  /** Somebody for whom the policy is. */
  readonly members: (subject: string | null) => string;
  readonly root: string | null;
  /** Denials for everybody. */
  readonly refused: readonly ScopePolicy[];
}

/** None: nothing changes for anybody. */
function meaningOf(policy: ScopePolicy, present: Present): ImportNote[] {
  const user = present.members(policy.subject);
  const tell = (why: string, scope: string, before: 'issued' | 'refused'): ImportNote => {
    const now = before === 'issued' ? ('refused' as const) : ('issued' as const);
    const example: ImportExample = { user, scope, before, now };
    return { object: `scope policy ${policy.id}`, outcome: 'changed', why, example };
  };
  if (policy.matching === 'REGEXP' && policy.scopes.length > 0) {
    const before = policy.rule === 'PERMIT' ? 'issued' : 'refused';
    const scope = policy.scopes[0] ?? '';
    return [
      {
        ...tell('rules have paths and no regular expressions: write a grant or an embargo', scope, before),
        outcome: 'left-out',
      },
    ];
  }
  return policy.rule === 'PERMIT' ? permission(policy, present, tell) : denial(policy, present, tell);
}

type Tell = (why: string, scope: string, before: 'issued' | 'refused') => ImportNote;

function permission(policy: ScopePolicy, { root, refused }: Present, tell: Tell): ImportNote[] {
  // Of two policies for everybody the denial counts.
  const isRefused = ({ action, path }: StorageScope) =>
    policy.subject === null &&
    refused.some((one) => storageScopes(one).some((other) => other.action === action && isAtOrBelow(path, other.path)));
  const storage = storageScopes(policy).filter((scope) => !isRefused(scope));
  const [first] = storage;
  if (first === undefined) return [];
  const scope = `storage.${first.action}:${first.path}`;
  if (policy.subject === null && (root === null || policy.scopes.length === 0)) {
    const why = 'it permits to everybody; here nobody has what no grant gives: write grants for groups';
    return [{ ...tell(why, scope, 'issued'), outcome: 'left-out' }];
  }
  const below = first.path === '/' ? '/below' : `${first.path}/below`;
  return [
    ...(policy.subject === null
      ? [tell(`it was for everybody and is now for members of \`${root}\``, scope, 'issued')]
      : []),
    ...(policy.matching === 'EQ' && policy.scopes.length > 0
      ? [
          tell(
            'it was for this very scope and now holds for what is below the path as well',
            `storage.${first.action}:${below}`,
            'refused',
          ),
        ]
      : []),
    ...(policy.matching === 'PATH' && first.path !== '/'
      ? [
          tell(
            'it matched the beginning of the text and now holds for whole segments of the path',
            `${scope}-other`,
            'issued',
          ),
        ]
      : []),
  ];
}

/** There are no rules against somebody: only what a grant gives to the same people makes a difference. */
function denial(policy: ScopePolicy, { grants }: Present, tell: Tell): ImportNote[] {
  const others = policy.scopes.filter((scope) => storageScope(scope) === undefined);
  const [other] = others;
  const notes =
    other === undefined
      ? []
      : [
          tell(
            `${others.join(', ')}: what a client may ask for is said at the client, for all of its users`,
            other,
            'refused',
          ),
        ];
  // Policies of everybody count where no policy of a group or an account does: the same as having no grant.
  if (policy.subject === null) return notes;
  const denied = storageScopes(policy).find(({ action, path }) =>
    grants.some(
      (grant) =>
        !String(grant.subject).startsWith('client:') &&
        (grant.actions as readonly string[]).includes(action) &&
        (isAtOrBelow(path, String(grant.path)) || isAtOrBelow(String(grant.path), path)),
    ),
  );
  if (denied === undefined) return notes;
  const why =
    'there is no rule against single people or groups: end the membership behind the grant, or close the path by an embargo with parties';
  return [...notes, tell(why, `storage.${denied.action}:${denied.path}`, 'refused')];
}

/** The one group that all others are below, if there is one. */
function onlyRoot({ items }: ImportedGroups): string | null {
  const roots = new Set(items.map(({ path }) => String(path).split('/').slice(0, 2).join('/')));
  const [root] = roots;
  return roots.size === 1 && root !== undefined ? root : null;
}

function memberOf(accounts: readonly LakeItem[]): Present['members'] {
  const first = new Map<string, string>();
  for (const { username, groups } of accounts) {
    for (const group of (groups ?? []) as readonly (string | { path: string })[]) {
      const path = typeof group === 'string' ? group : group.path;
      if (!first.has(path)) first.set(path, String(username));
    }
  }
  return (subject) => {
    if (subject === null) return 'anybody';
    if (subject.startsWith('user:')) return subject.slice('user:'.length);
    const group = subject.slice('group:'.length);
    return first.get(group) ?? `a member of ${group}`;
  };
}
