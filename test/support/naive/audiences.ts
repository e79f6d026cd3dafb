/** One storage scope in the naive model: at one storage, at several, or anywhere (policy-semantics 2.3, 4 step 1, 6). */
import { anyAudience } from '../../../src/policy/audience.ts';
import type { Reason } from '../../../src/policy/decision.ts';
import type { Action, Mount, PolicyFacts, PolicyMode, Storage } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';
import type { Ask, Viewer } from './facts.ts';
import { formOf, type Place, toLogical } from './form.ts';
import { agreesByDots, covers, directory, isBelow, move, readStorageScope, type StorageAsk } from './paths.ts';
import { capOf, type FlowPaths, resolveSubtree } from './subtree.ts';

/** Something to issue: the storage's own path. */
export interface Issue {
  readonly path: string;
  readonly slash: boolean;
  readonly cap: number;
}

export interface Found {
  readonly issues: readonly Issue[];
  readonly words: readonly Reason[];
}

/** An own subtree and the logical one it shows. */
interface Region {
  readonly path: string;
  readonly at: string;
  readonly mount: Mount;
}

const whole: Mount = { path: '/', at: '/' };
const none = (...words: Reason[]): Found => ({ issues: [], words });

export const mountsOf = ({ mounts }: Storage): readonly Mount[] => (mounts.length === 0 ? [whole] : mounts);

/** Which storages are asked for, and whether the token may turn up anywhere. A service beside others does not count. */
export function readAudiences(facts: PolicyFacts, asked: readonly string[]) {
  const found = asked.map((name) =>
    name === anyAudience
      ? undefined
      : facts.storages.find(({ audience, aliases }) => audience === name || aliases.includes(name)),
  );
  const storages = [...new Set(found)].filter((storage): storage is Storage => storage?.kind === 'storage');
  return { storages, anywhere: asked.length === 0 || found.includes(undefined) };
}

/** What an own path denotes: by the mount at or above it, else by every mount below. */
function regionsOf(mounts: readonly Mount[], path: string): Region[] {
  const home = mounts.find((mount) => isWithin(path, mount.path));
  if (home !== undefined) return [{ path, at: move(path, home.path, home.at), mount: home }];
  return mounts.filter((mount) => isBelow(mount.path, path)).map((mount) => ({ ...mount, mount }));
}

export function resolveScope(ask: Ask, asked: StorageAsk): Found {
  if (ask.anywhere) return resolveAnywhere(ask, asked);
  if (ask.storages.length === 0) return none('outside-storage');
  const regions = ask.storages.map((storage) => regionsOf(mountsOf(storage), asked.path));
  if (regions.some((one) => one.length === 0)) return none('outside-storage');
  if (regions.some((one) => regions.some((other) => disagree(one, other)))) return none('audiences-differ');
  const each = ask.storages.map((storage) => ({ storage, found: resolveAt(ask, storage, asked) }));
  return each.length === 1 && each[0] ? each[0].found : intersect(ask, asked.action, each);
}

/** Some own path in both stands for two logical ones. */
function disagree(one: readonly Region[], other: readonly Region[]): boolean {
  return one.some((mine) =>
    other.some(
      (theirs) =>
        (isWithin(mine.path, theirs.path) && move(mine.path, theirs.path, theirs.at) !== mine.at) ||
        (isWithin(theirs.path, mine.path) && move(theirs.path, mine.path, mine.at) !== theirs.at),
    ),
  );
}

/** At one storage, by itself. */
function resolveAt(ask: Ask, storage: Storage, { action, path }: StorageAsk): Found {
  const mounts = mountsOf(storage);
  const { policyMode } = ask.request.client;
  const regions = regionsOf(mounts, path);
  const isAbove = !regions.some((region) => region.path === path);
  const mode: PolicyMode = policyMode === 'strict' && isAbove ? 'narrow' : policyMode;
  const flow = flowPaths(ask);
  const parts = regions.map((region): Found => {
    const { paths, words } = resolveSubtree(ask, { action, path: region.at, mode, flow, stranger: false });
    const judged = paths.map((at) => {
      const own = move(at, region.at, region.path);
      return issueAt(
        ask,
        { action, own, mount: region.mount, mounts, matching: storage.matching },
        { stranger: false },
      );
    });
    return joined([{ issues: [], words }, ...judged]);
  });
  const found = joined(parts);
  if (policyMode !== 'strict' || !isAbove) return found;
  return none(...(found.issues.length > 0 ? [] : found.words), 'partial');
}

function issueAt(ask: Ask, place: Place, viewer: Viewer): Found {
  const form = formOf(ask, place, viewer);
  if (typeof form === 'string') return none(wordOf(ask, place, form, viewer));
  const cap = Math.min(form.cap, capOf(ask, place.action, toLogical(place), viewer));
  return { issues: [{ path: place.own, slash: form.slash, cap }], words: [] };
}

/** A stranger whom the gate would admit needs an audience. */
function wordOf(ask: Ask, place: Place, form: 'partial' | 'embargoed', { stranger }: Viewer): Reason {
  const isAdmitted = stranger && form === 'embargoed' && formOf(ask, place, { stranger: false }) !== 'embargoed';
  return isAdmitted ? 'audience-required' : form;
}

function joined(found: readonly Found[]): Found {
  return { issues: found.flatMap(({ issues }) => issues), words: found.flatMap(({ words }) => words) };
}

/** What every one of them would get by itself, in a form that each can read. */
function intersect(ask: Ask, action: Action, each: readonly { storage: Storage; found: Found }[]): Found {
  const all = joined(each.map(({ found }) => found));
  const paths = [...new Set(all.issues.map(({ path }) => path))].filter((path) =>
    each.every(({ found }) => found.issues.some((issue) => isWithin(path, issue.path))),
  );
  const judged = paths.map((path) =>
    everywhere(
      path,
      each.map(({ storage }) => {
        const mounts = mountsOf(storage);
        const mount = mounts.find((one) => isWithin(path, one.path)) ?? whole;
        return issueAt(ask, { action, own: path, mount, mounts, matching: storage.matching }, { stranger: false });
      }),
    ),
  );
  const kept = joined(judged);
  const words = [...all.words, ...kept.words];
  // Where each gets something, but no two the same, each path is outside another storage.
  return { issues: kept.issues, words: words.length === 0 ? ['outside-storage'] : words };
}

/** One path, if each judgement allows it; a slash if one of them needs it, and the smallest cap. */
function everywhere(path: string, judgements: readonly Found[]): Found {
  const { issues, words } = joined(judgements);
  if (words.length > 0) return { issues: [], words };
  const cap = Math.min(...issues.map((issue) => issue.cap));
  return { issues: [{ path, slash: issues.some(({ slash }) => slash), cap }], words };
}

/** First as a logical path with nobody a party, then whole at every storage where it denotes something. */
function resolveAnywhere(ask: Ask, { action, path }: StorageAsk): Found {
  const viewer = { stranger: true };
  const mode = ask.request.client.policyMode;
  const { paths, words } = resolveSubtree(ask, { action, path, mode, flow: flowPaths(ask), ...viewer });
  const judged = paths.map((own) => {
    const logical = issueAt(ask, { action, own, mount: whole, mounts: [whole], matching: 'string' }, viewer);
    const [issue] = logical.issues;
    if (issue === undefined) return logical;
    const written = issue.slash ? directory(own) : own;
    const atStorages = ask.facts.storages
      .filter(({ kind }) => kind === 'storage')
      .flatMap((storage) => judgeWhole(ask, storage, action, own, written));
    return everywhere(own, [logical, ...atStorages]);
  });
  return joined([{ issues: [], words }, ...judged]);
}

/** One judgement for each mount that the written path meets at the storage. */
function judgeWhole(ask: Ask, storage: Storage, action: Action, own: string, written: string): Found[] {
  const mounts = mountsOf(storage);
  const { matching } = storage;
  return mounts
    .filter((mount) => isWithin(own, mount.path) || isBelow(mount.path, own) || reaches(storage, own, written, mount))
    .map((mount) => {
      const isHome = isWithin(own, mount.path);
      const at = isHome ? move(own, mount.path, mount.at) : mount.at;
      const viewer = { stranger: true };
      const { paths, words } = resolveSubtree(ask, { action, path: at, mode: 'strict', flow: null, ...viewer });
      if (paths.length === 0) return none(...words);
      if (!isHome) return { issues: [{ path: own, slash: false, cap: capOf(ask, action, at, viewer) }], words: [] };
      return issueAt(ask, { action, own, mount, mounts, matching }, viewer);
    });
}

/** By characters, and by dots. */
function reaches({ matching }: Storage, own: string, written: string, mount: Mount): boolean {
  if (matching === 'segment') return false;
  if (matching === 'prefix') return mount.path.startsWith(own);
  return agreesByDots(written, directory(mount.path));
}

/** The ceiling of the flow in logical paths, each scope read by the audience under which it was requested or issued (6). */
export function flowPaths(ask: Ask): FlowPaths {
  const { ceiling } = ask.request;
  if (ceiling === undefined) return null;
  const { storages, anywhere } = readAudiences(ask.facts, ceiling.audiences);
  return (action) =>
    ceiling.scopes.flatMap((token) => {
      const scope = readStorageScope(token);
      if (scope === null || scope === 'malformed' || !covers[scope.action].includes(action)) return [];
      return anywhere ? [scope.path] : shownByAll(storages, scope.path);
    });
}

/** The logical subtrees that the own path denotes at every one of the storages alike. */
function shownByAll(storages: readonly Storage[], path: string): string[] {
  const regions = storages.map((storage) => regionsOf(mountsOf(storage), path));
  if (regions.some((one) => regions.some((other) => disagree(one, other)))) return [];
  return regions
    .flat()
    .filter((region) => regions.every((other) => other.some((one) => isWithin(region.path, one.path))))
    .map(({ at }) => at);
}

/** Whether all that the scope denotes now lies within the flow's ceiling; a refresh may not ask beyond it. */
export function isWithinFlow(ask: Ask, { action, path }: StorageAsk): boolean {
  const extents = flowPaths(ask)?.(action);
  if (extents === undefined) return true;
  const logical = ask.anywhere
    ? [path]
    : ask.storages.flatMap((storage) => regionsOf(mountsOf(storage), path).map(({ at }) => at));
  return logical.every((at) => extents.some((extent) => isWithin(at, extent)));
}
