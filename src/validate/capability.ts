/** Reads the storage capabilities out of a `scope` claim (wlcg-tokens.md W-AT-2, W-SCOPE-1 to W-SCOPE-7). */
import { err, ok, type Result } from '../shared/result.ts';
import { type StorageScopeName, storageScopeNames } from './operation.ts';
import { parseScopePath, type StoragePath } from './storage-path.ts';

export interface Capability {
  /** The scope token as it stands in the token. */
  readonly scope: string;
  readonly name: StorageScopeName;
  readonly path: StoragePath;
}

/** RFC 6749 section 3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The capabilities of a scope string; the error is the first scope for which the whole token must be rejected:
 * `storage.*` without a path (W-SCOPE-4), a relative or malformed path, a character that no scope may have.
 */
export function parseCapabilities(scope: string): Result<readonly Capability[], string> {
  const capabilities: Capability[] = [];
  for (const token of scope.split(' ')) {
    if (token === '') continue;
    if (!scopeToken.test(token)) return err(token);
    if (!token.startsWith('storage.')) continue;
    const [name, path] = splitAtColon(token);
    const parsed = parseScopePath(path);
    if (parsed === undefined) return err(token);
    if (isStorageScopeName(name)) capabilities.push({ scope: token, name, path: parsed });
  }
  return ok(capabilities);
}

function splitAtColon(token: string): readonly [name: string, path: string] {
  const colon = token.indexOf(':');
  return colon < 0 ? [token, ''] : [token.slice(0, colon), token.slice(colon + 1)];
}

function isStorageScopeName(name: string): name is StorageScopeName {
  return (storageScopeNames as readonly string[]).includes(name);
}
