/** Judges one storage scope for all the audiences of a request, or for every storage when it may be used anywhere (policy-semantics 2.3 and 4). */
import type { CompiledStorage, Place } from './compile.ts';
import { allOf, type Judgement, refuse } from './judgement.ts';
import { disagree, homeOf, type Region, reachesAsExpression, regionsOf, toLogical } from './mount.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, isBelow, root } from './path.ts';
import type { Question } from './question.ts';
import type { Action } from './rule.ts';
import type { StorageScope } from './scope.ts';
import { judgeSubtree } from './subtree.ts';
import { judgeForm } from './verifier-form.ts';

const wholeTree = { path: root, at: root };

/** Allowed only if every audience would get the scope by itself. */
export function judgeScope(question: Question, { action, path }: StorageScope): Judgement {
  const { storages, anywhere } = question.audiences;
  const regions = [
    ...storages.map((storage) => regionsOf(storage.shows, path)),
    ...(anywhere ? [[{ path, at: path }]] : []),
  ];
  if (regions.length === 0 || regions.some((found) => found.length === 0)) return refuse('outside-storage');
  if (regions.some((one, index) => regions.slice(index + 1).some((other) => disagree(one, other)))) {
    return refuse('audiences-differ');
  }
  return allOf([
    ...storages.map((storage) => judgeAt(question, storage, action, path)),
    ...(anywhere ? [judgeAnywhere(question, action, path)] : []),
  ]);
}

/** As the own path of one registered storage. */
function judgeAt(question: Question, storage: CompiledStorage, action: Action, path: CanonicalPath): Judgement {
  const { shows, matching } = storage;
  const home = homeOf(shows, path);
  if (home === undefined) return judgeAboveMounts(question, action, regionsOf(shows, path));
  const subtree = judgeSubtree(question, action, toLogical(home, path), false);
  if (!subtree.allowed) return subtree;
  const form = judgeForm({ question, action, path, home, mounts: shows, matching, stranger: false });
  return allOf([subtree, form]);
}

/** A path above mounts is granted in part at best; narrowing to the mounts takes its place here. */
function judgeAboveMounts(question: Question, action: Action, mounts: readonly Region[]): Judgement {
  const parts = mounts.map(({ at }) => judgeSubtree(question, action, at, false));
  const isNothing = (part: Judgement) =>
    !part.allowed && (part.reason === 'client-scope' || part.reason === 'no-grant');
  return parts.every(isNothing) ? allOf(parts) : refuse('partial');
}

/** As a logical path, with nobody a party, then as the own path of every storage where it denotes something. */
function judgeAnywhere(question: Question, action: Action, path: CanonicalPath): Judgement {
  const stranger = true;
  const subtree = judgeSubtree(question, action, path, stranger);
  if (!subtree.allowed) return subtree;
  const form = judgeForm({
    question,
    action,
    path,
    home: wholeTree,
    mounts: [wholeTree],
    matching: 'string',
    stranger,
  });
  if (!form.allowed) return form;
  const { inside, whole } = placesReached(question, path, form.slash ? asDirectory(path) : path);
  const asOwnPath = inside.flatMap(({ storage: { shows, matching }, mount }) => [
    judgeSubtree(question, action, toLogical(mount, path), stranger),
    judgeForm({ question, action, path, home: mount, mounts: shows, matching, stranger }),
  ]);
  const asMount = whole.map((at) => judgeSubtree(question, action, at, stranger));
  return allOf([subtree, form, ...asOwnPath, ...asMount]);
}

/** Where an issued path denotes something: inside mounts, and the logical paths of mounts that it opens whole. */
function placesReached(
  { policy }: Question,
  path: CanonicalPath,
  issued: string,
): { readonly inside: readonly Place[]; readonly whole: readonly CanonicalPath[] } {
  const opened = policy.places.beginningWith(path).filter(({ storage, mount }) => {
    if (isAtOrBelow(mount.path, path)) return isBelow(mount.path, path);
    // Beyond the end of a segment only classes that compare characters reach, and `prefix` does so through a slash.
    return storage.matching === 'prefix' || (storage.matching === 'string' && mount.path.startsWith(issued));
  });
  const byDots = path.includes('.')
    ? policy.regularExpressionPlaces.filter(
        ({ mount }) => !isAtOrBelow(path, mount.path) && reachesAsExpression(issued, mount.path),
      )
    : [];
  return {
    inside: policy.places.atOrAbove(path),
    whole: [...new Set([...opened, ...byDots].map(({ mount }) => mount.at))],
  };
}
