/** The pure decision of a storage: may a token with this scope do this operation at this path (wlcg-tokens.md 2.2 and 3). */
import { type Capability, parseCapabilities } from './capability.ts';
import { isOperation, type Operation, scopeNamesFor, writesFile } from './operation.ts';
import { isAtOrAbove, parseRequestPath, type StoragePath } from './storage-path.ts';

/** Why an operation is denied. */
export type DenyReason =
  /** The scope has a `storage.*` without a path, or with a bad one: the whole token must be rejected (W-SCOPE-4). */
  | 'scope_malformed'
  | 'operation_unknown'
  /** The requested path is relative, or holds `..` or another unsafe part. */
  | 'path_malformed'
  /** The requested path is outside the area of the issuer (W-PATH-9). */
  | 'path_outside_base'
  /** No scope of the token allows this operation anywhere. */
  | 'operation_not_covered'
  /** Scopes of the token allow this operation, but not at this path. */
  | 'path_not_covered';

/** The answer, and for `allow` the scope that decided. */
export type Authorization<Denial extends string = DenyReason> =
  | { readonly decision: 'allow'; readonly reason: 'scope_covers_path'; readonly scope: string }
  | { readonly decision: 'deny'; readonly reason: Denial };

/** Both ends of a rename; each must be covered (W-SCOPE-1). */
export interface RenamePaths {
  readonly from: string;
  readonly to: string;
}

/** A URL path, percent-encoded or not, as the storage sees it; both ends for a rename. */
export type RequestPath = string | RenamePaths;

export interface ScopeQuestion {
  /** The `scope` claim. */
  readonly scope: string;
  readonly operation: Operation;
  readonly path: RequestPath;
  /** Where the issuer's area lies on this storage: one path or several; default `/` (W-PATH-9). */
  readonly basePath?: string | readonly string[];
  /** Groups give no path rights here: a token with capabilities is judged by them alone (W-RS-1). */
  readonly groups?: readonly string[];
}

/** Decides by whole path segments; knows no clock, no network and no signature. */
export function authorizeScope(question: ScopeQuestion): Authorization {
  const capabilities = parseCapabilities(question.scope);
  if (!capabilities.ok) return deny('scope_malformed');
  if (!isOperation(question.operation)) return deny('operation_unknown');
  const bases = [question.basePath ?? '/'].flat();
  const decide = (path: string) => authorizeEnd(capabilities.value, question.operation, path, bases);
  if (typeof question.path === 'string') return decide(question.path);
  const source = decide(question.path.from);
  return source.decision === 'deny' ? source : decide(question.path.to);
}

function authorizeEnd(
  capabilities: readonly Capability[],
  operation: Operation,
  text: string,
  bases: readonly string[],
): Authorization {
  const path = parseRequestPath(text);
  if (path === undefined) return deny('path_malformed');
  const insides = bases.flatMap((base) => insideOf(base, path));
  if (insides.length === 0) return deny('path_outside_base');
  const names = scopeNamesFor(operation);
  const candidates = capabilities.filter(({ name }) => names.includes(name));
  if (candidates.length === 0) return deny('operation_not_covered');
  const covering = candidates.find((capability) => insides.some((inside) => covers(capability, operation, inside)));
  if (covering === undefined) return deny('path_not_covered');
  return { decision: 'allow', reason: 'scope_covers_path', scope: covering.scope };
}

/** The path relative to the base, as a list of none or one. */
function insideOf(base: string, path: StoragePath): readonly (readonly string[])[] {
  const parsed = parseRequestPath(base);
  if (parsed === undefined || !isAtOrAbove(parsed.segments, path.segments)) return [];
  return [path.segments.slice(parsed.segments.length)];
}

function covers({ path }: Capability, operation: Operation, inside: readonly string[]): boolean {
  // W-PATH-5: the missing ancestor directories of the scope's path may be made.
  if (operation === 'mkdir' && isAtOrAbove(inside, path.segments)) return true;
  if (!isAtOrAbove(path.segments, inside)) return false;
  return !(path.directory && inside.length === path.segments.length && writesFile(operation));
}

function deny(reason: DenyReason): Authorization {
  return { decision: 'deny', reason };
}
