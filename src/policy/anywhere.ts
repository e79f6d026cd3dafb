/** A scope for no audience, the wildcard, or an unregistered one: the token may turn up at any storage, so nobody is a party and every storage's reading counts (policy-semantics 2.3). */
import type { CompiledMount, Place } from './compiled-rules.ts';
import type { LeftPart } from './decision.ts';
import { earlier } from './expiry.ts';
import type { Judgement, OwnPath } from './judgement.ts';
import { firstLeft } from './judgement.ts';
import { reachesAsExpression, toLogical } from './mount.ts';
import { resolvePath } from './narrow.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, isBelow, root } from './path.ts';
import type { Asking, Question } from './question.ts';
import { beginningWith } from './sorted.ts';
import type { OpenPath } from './subtree.ts';
import { union } from './union.ts';
import { formOf } from './verifier-form.ts';

const wholeTree: CompiledMount = { path: root, at: root };

/** As a logical path with nobody a party; what results is then judged whole at every storage where it denotes something. */
export function judgeAnywhere(asked: Asking, path: CanonicalPath): Judgement {
  const asking: Asking = { ...asked, stranger: true };
  const resolved = resolvePath(asking, path);
  const open: OwnPath[] = [];
  const left: LeftPart[] = [...resolved.left];
  for (const part of resolved.open) {
    const judged = judgeEverywhere(asking, part);
    if ('reason' in judged) left.push(judged);
    else open.push(judged);
  }
  return { open, left };
}

/** Its form follows from the reading of the logical tree by the class that opens most; a slash that a storage needs beside, all accept. */
function judgeEverywhere(asking: Asking, part: OpenPath): OwnPath | LeftPart {
  const { path } = part;
  const asLogical = formOf(asking, { path, home: wholeTree, mounts: [wholeTree], matching: 'string' }, part.cap);
  if (!asLogical.allowed) return { path, reason: asLogical.reason, because: asLogical.because };
  // The flow's ceiling is compared with the logical path only (policy-semantics 6).
  const question = { ...asking.question, ceilings: asking.question.ceilings.slice(0, 1) };
  const wholeOnly: Asking = { ...asking, question, mode: 'strict' };
  const places = placesAbove(asking.question, path);
  const opened = mountsOpened(asking.question, path, asLogical.slash);
  const others = [...places.map(({ mount }) => toLogical(mount, path)), ...opened.map(({ mount }) => mount.at)];
  const denoted = new Map(
    others.filter((logical) => logical !== path).map((logical) => [logical, resolvePath(wholeOnly, logical)]),
  );
  const whole = [part, ...[...denoted.values()].flatMap(({ open }) => open)];
  const cap = whole.map((one) => one.cap).reduce(earlier);
  const forms = places
    .filter(({ mount }) => denoted.get(toLogical(mount, path))?.open.length !== 0)
    .map(({ storage: { shows: mounts, matching }, mount: home }) =>
      formOf(asking, { path, home, mounts, matching }, cap),
    );
  const unfit = forms.flatMap((form) => (form.allowed ? [] : [{ path, reason: form.reason, because: form.because }]));
  const [refused] = firstLeft([...[...denoted.values()].flatMap(({ left }) => left), ...unfit]);
  if (refused !== undefined) return { ...refused, path };
  const slash = asLogical.slash || forms.some((form) => form.allowed && form.slash);
  return { path, slash, cap, because: union(whole.map(({ because }) => because)) };
}

/** Storages in which the path lies. */
function placesAbove({ policy }: Question, path: CanonicalPath): readonly Place[] {
  return policy.places.filter((place) => isAtOrBelow(path, place.path));
}

/** Mounts that the issued form opens whole, below the path or by its characters. */
function mountsOpened({ policy }: Question, path: CanonicalPath, slash: boolean): readonly Place[] {
  const issued = slash ? asDirectory(path) : path;
  const opened = beginningWith(policy.places, path).filter(({ path: mount, storage }) => {
    if (isAtOrBelow(mount, path)) return isBelow(mount, path);
    // Beyond the end of a segment only classes that compare characters reach, and `prefix` does so through a slash.
    return storage.matching === 'prefix' || (storage.matching === 'string' && mount.startsWith(issued));
  });
  if (!path.includes('.')) return opened;
  const byDots = policy.regularExpressionPlaces.filter(
    ({ path: mount }) => !isAtOrBelow(path, mount) && reachesAsExpression(issued, mount),
  );
  return [...opened, ...byDots];
}
