/** The one invariant: nothing that a verifier lets through with an issued token is forbidden to the principal (policy-semantics 1 and 10.1). */
import fc from 'fast-check';
import { compilePolicy } from '../../src/policy/compile.ts';
import { resolve } from '../../src/policy/resolve.ts';
import type { Storage } from '../../src/policy/rule.ts';
import { parseScope, type StorageScope } from '../../src/policy/scope.ts';
import { allowed, closure, isWithin, opens, toLogical } from '../support/oracle.ts';
import { lifetimeSeconds, now, offsets, settings, universe, type World, world } from '../support/policy-worlds.ts';

/**
 * Until `exp` is capped by the rules, a closing between the end of the minimum window and `exp` is not anticipated for the path itself and
 * for mounts that it opens. When the caps of policy-semantics 4, step 6, are built, this becomes `exp` and guard.
 */
const checkedSecondsWithoutCaps = settings.minLifetimeSeconds + settings.guardSeconds;

/** Something that a verifier opens against the rules. */
interface Leak {
  readonly what: string;
  readonly seconds: number;
  /** Opened only by the verifier's class: in the same mount, but not at or below the scope's path. */
  readonly beside: boolean;
}

/** What the token opens against the rules while it must not. What is opened beside a path counts until a cap will end the token for the path itself. */
function leaks({ facts, request }: World): string[] {
  const decision = resolve(compilePolicy(facts), request);
  const known = request.audiences.filter((audience) => facts.storages.some((storage) => storage.audience === audience));
  const isAnywhere = known.length === 0 || known.length < request.audiences.length;
  const storages = facts.storages.filter(({ audience }) => isAnywhere || known.includes(audience));
  const audiences = isAnywhere ? null : known;
  return decision.granted.flatMap((scope) => {
    const found = storages.flatMap((storage) => leaksAt({ facts, request }, audiences, scope, storage));
    const capped = Math.min(...found.filter(({ beside }) => !beside).map(({ seconds }) => seconds));
    return found
      .filter(({ beside, seconds }) => seconds < (beside ? capped : checkedSecondsWithoutCaps))
      .map(({ what, seconds }) => `${scope} opens ${what} after ${seconds} s`);
  });
}

function leaksAt(
  { facts, request }: World,
  audiences: readonly string[] | null,
  scope: string,
  storage: Storage,
): Leak[] {
  const { action, path: scopePath } = parseScope(scope) as StorageScope;
  const opened = universe.filter((path) => opens(storage.matching, scope.slice(scope.indexOf(':') + 1), path));
  return opened.flatMap((path) => {
    const logical = toLogical(storage.mounts, path);
    if (logical === null) return [];
    return offsets
      .filter((seconds) => seconds >= 0 && seconds < lifetimeSeconds + settings.guardSeconds)
      .flatMap((seconds) =>
        closure[action]
          .filter((conveyed) => !allowed(facts, request.principal, audiences, conveyed, logical, now + seconds * 1000))
          .map((conveyed) => ({
            what: `${conveyed} ${path} (${logical}) at ${storage.name} (${storage.matching})`,
            seconds,
            beside: isBeside(storage, path, scopePath),
          })),
      );
  });
}

function isBeside({ mounts }: Storage, path: string, scopePath: string): boolean {
  if (isWithin(path, scopePath)) return false;
  return mounts.length === 0 || mounts.some((mount) => isWithin(path, mount.path) && isWithin(scopePath, mount.path));
}

test('no-leak: whatever a verifier of any class opens with an issued token, the rules allow', () => {
  fc.assert(
    fc.property(world, (one) => {
      expect(leaks(one)).toEqual([]);
    }),
    { numRuns: 2500 },
  );
});
