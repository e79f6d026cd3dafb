/** Which storage scope authorizes which operation (wlcg-tokens.md W-SCOPE-1 and W-SCOPE-2, profile 1.3: stage does not read). */

/** The scope names that this library knows; other scopes are ignored (W-SCOPE-7). */
export const storageScopeNames = [
  'storage.read',
  'storage.create',
  'storage.modify',
  'storage.stage',
  'storage.poll',
] as const;

export type StorageScopeName = (typeof storageScopeNames)[number];

const creating = ['storage.create', 'storage.modify'] as const;
const staging = ['storage.stage'] as const;

/** Any one of the scopes is enough. `modify` is a superset of `create`; nothing else implies anything. */
const scopesOf = {
  read: ['storage.read'],
  /** Not specified by the profile; storages commonly allow it with `read` (W-SCOPE-2). */
  list: ['storage.read'],
  stat: ['storage.read', 'storage.create', 'storage.modify', 'storage.stage'],
  create: creating,
  mkdir: creating,
  chmod: creating,
  /** The target is absent; where it exists, ask for `overwrite` of the target too. */
  rename: creating,
  modify: ['storage.modify'],
  overwrite: ['storage.modify'],
  delete: ['storage.modify'],
  stage: staging,
  pin: staging,
  unpin: staging,
  evict: staging,
  release: staging,
  abort: staging,
  cancel: staging,
  poll: ['storage.poll', 'storage.stage'],
} as const satisfies Record<string, readonly StorageScopeName[]>;

/** What a caller wants to do at a path. */
export type Operation = keyof typeof scopesOf;

/** Every operation, in the order of their documentation. */
export const operations = Object.keys(scopesOf) as readonly Operation[];

/** Whether a word from outside names an operation. */
export function isOperation(word: string): word is Operation {
  return Object.hasOwn(scopesOf, word);
}

/** The scope names of which any one authorizes the operation. */
export function scopeNamesFor(operation: Operation): readonly StorageScopeName[] {
  return scopesOf[operation];
}

const fileWriters: ReadonlySet<Operation> = new Set(['create', 'modify', 'overwrite', 'rename']);

/** Whether the operation makes or changes a file at the path itself: a scope path with a trailing slash is no file (W-PATH-6). */
export function writesFile(operation: Operation): boolean {
  return fileWriters.has(operation);
}
