/** One storage scope in the naive model: at one storage, at several, or anywhere (policy-semantics 2.3, 4 step 1, 6). */
import { anyAudience } from '../../../src/policy/audience.ts';
import type { Reason } from '../../../src/policy/decision.ts';
import type { Action, Mount, PolicyFacts, PolicyMode, Storage } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';
import { type Ask, isWithheld, type Viewer } from './facts.ts';
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

type Audiences = Pick<Ask, 'storages' | 'anywhere'>;

/** Which storages are asked for, and whether the token may turn up anywhere. A service beside others does not count. */
export function readAudiences(facts: PolicyFacts, asked: readonly string[]): Audiences {
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

/** What the path denotes for each of the audiences by itself; where none is registered it is logical. */
function readings({ storages, anywhere }: Audiences, path: string): Region[][] {
  const each = storages.map((storage) => regionsOf(mountsOf(storage), path));
  return anywhere ? [...each, [{ path, at: path, mount: whole }]] : each;
}

export function resolveScope(ask: Ask, asked: StorageAsk): Found {
  const regions = readings(ask, asked.path);
  if (regions.length === 0 || regions.some((one) => one.length === 0)) return none('outside-storage');
  if (regions.some((one) => regions.some((other) => disagree(one, other)))) return none('audiences-differ');
  if (shownByAll(regions).length === 0) return none('outside-storage');
  const { action } = asked;
  const each: Reader[] = ask.storages.map((storage) => ({
    found: resolveAt(ask, storage, asked),
    judge: (path) => [issueAtStorage(ask, storage, action, path)],
  }));
  if (ask.anywhere) {
    each.push({ found: resolveAnywhere(ask, asked), judge: (path) => judgeAnywhere(ask, action, path) });
  }
  const [only, ...others] = each;
  return only && others.length === 0 ? only.found : intersect(each);
}

/** One audience by itself: what it gets, and its judgement of a path within that. */
interface Reader {
  readonly found: Found;
  readonly judge: (path: string) => Found[];
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
    const judged = paths.map((at) => issueAtStorage(ask, storage, action, move(at, region.at, region.path)));
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

function issueAtStorage(ask: Ask, storage: Storage, action: Action, own: string): Found {
  const mounts = mountsOf(storage);
  const mount = mounts.find((one) => isWithin(own, one.path)) ?? whole;
  return issueAt(ask, { action, own, mount, mounts, matching: storage.matching }, { stranger: false });
}

/** What every one of them would get by itself, in a form that each can read. */
function intersect(each: readonly Reader[]): Found {
  const all = joined(each.map(({ found }) => found));
  const paths = [...new Set(all.issues.map(({ path }) => path))].filter((path) =>
    each.every(({ found }) => found.issues.some((issue) => isWithin(path, issue.path))),
  );
  const kept = joined(
    paths.map((path) =>
      everywhere(
        path,
        each.flatMap(({ judge }) => judge(path)),
      ),
    ),
  );
  return { issues: kept.issues, words: [...all.words, ...kept.words] };
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
  const mode = ask.request.client.policyMode;
  const { paths, words } = resolveSubtree(ask, { action, path, mode, flow: flowPaths(ask), stranger: true });
  const judged = paths.map((own) => everywhere(own, judgeAnywhere(ask, action, own)));
  return joined([{ issues: [], words }, ...judged]);
}

function judgeAnywhere(ask: Ask, action: Action, own: string): Found[] {
  const viewer = { stranger: true };
  const storages = ask.facts.storages.filter(({ kind }) => kind === 'storage');
  const place: Place = { action, own, mount: whole, mounts: [whole], matching: 'string' };
  const logical = issueAt(ask, place, viewer);
  const [issue] = logical.issues;
  if (issue === undefined) return [logical];
  const written = issue.slash ? directory(own) : own;
  const met = storages.flatMap((storage) => mountsMet(storage, own, written).map((mount) => ({ storage, mount })));
  const subtrees = met.map(({ mount }) => judgeWhole(ask, action, shownBy(mount, own)));
  // A token with this scope alone ends by all that the path opens.
  const alone = Math.min(issue.cap, ...subtrees.flatMap(({ issues }) => issues.map(({ cap }) => cap)));
  const forms = met.map(({ storage, mount }, index): Found => {
    if (!isWithin(own, mount.path) || subtrees[index]?.issues.length === 0) return none();
    return issueAt(ask, { ...place, mount, mounts: mountsOf(storage), matching: storage.matching, alone }, viewer);
  });
  return [logical, ...subtrees, ...forms];
}

const shownBy = (mount: Mount, own: string) => (isWithin(own, mount.path) ? move(own, mount.path, mount.at) : mount.at);

/** A logical subtree that must be allowed whole. */
function judgeWhole(ask: Ask, action: Action, at: string): Found {
  const viewer = { stranger: true };
  const { paths, words } = resolveSubtree(ask, { action, path: at, mode: 'strict', flow: null, ...viewer });
  if (paths.length === 0) return none(...words);
  return { issues: [{ path: at, slash: false, cap: capOf(ask, action, at, viewer) }], words: [] };
}

/** Mounts at, above and below the path, and those that a class that compares characters reaches. */
function mountsMet(storage: Storage, own: string, written: string): Mount[] {
  return mountsOf(storage).filter(
    (mount) => isWithin(own, mount.path) || isBelow(mount.path, own) || reaches(storage, own, written, mount),
  );
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
  const audiences = readAudiences(ask.facts, ceiling.audiences);
  // A capability set stands for its scopes, which are logical.
  const sets = ask.facts.groups.flatMap(({ path, capabilitySet }) =>
    [...ceiling.scopes, ...(ceiling.widened ?? [])].includes(`wlcg.capabilityset:${path}`) ? (capabilitySet ?? []) : [],
  );
  return (action) => [
    ...pathsFor(sets, action),
    // What an exchange rule adds is logical, too.
    ...pathsFor(ceiling.widened ?? [], action),
    ...pathsFor(ceiling.scopes, action).flatMap((path) => shownByAll(readings(audiences, path))),
  ];
}

function pathsFor(tokens: readonly string[], action: Action): string[] {
  return tokens.flatMap((token) => {
    const scope = readStorageScope(token);
    return scope !== null && scope !== 'malformed' && covers[scope.action].includes(action) ? [scope.path] : [];
  });
}

/** The logical subtrees that the own path denotes for every one of the audiences alike. */
function shownByAll(regions: readonly Region[][]): string[] {
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
  return readings(ask, path)
    .flat()
    .every(({ at }) => extents.some((extent) => isWithin(at, extent)) && !isWithheld(ask, action, at));
}
