/** In which form a path may be shown to a verifier of its class without opening more than the path: bare, with a slash, or not at all (policy-semantics 2.3). */
import { assertNever } from '../shared/assert-never.ts';
import { admissionTo, closesDuring, isExempt, isInForce } from './admission.ts';
import type { CompiledEmbargo, CompiledMount } from './compiled-rules.ts';
import { isCoveredUntil } from './coverage.ts';
import type { Cap, Reason } from './decision.ts';
import { tightened } from './expiry.ts';
import { agreesAsExpression, toLogical } from './mount.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, parentOf } from './path.ts';
import type { Asking } from './question.ts';
import type { Matching } from './rule.ts';
import { findWay, type Way } from './rule-tree.ts';
import { beginningWith } from './sorted.ts';

/** A path as one storage reads it. */
export interface Reading {
  /** The storage's own path, at or below `home`. */
  readonly path: CanonicalPath;
  readonly home: CompiledMount;
  /** All mounts of the storage. */
  readonly mounts: readonly CompiledMount[];
  readonly matching: Matching;
}

export type Form =
  | { readonly allowed: true; readonly slash: boolean; readonly cap: Cap }
  | { readonly allowed: false; readonly reason: Reason; readonly because: readonly string[] };

/** The path's subtree is already found to be open until `cap`; here only what a verifier opens beside it is judged. */
export function formOf(asking: Asking, reading: Reading, cap: Cap): Form {
  switch (reading.matching) {
    case 'segment':
      return { allowed: true, slash: false, cap };
    case 'prefix':
      // The verifier loses a trailing slash, so the path must be safe without one.
      return judgeForm(asking, reading, cap, false);
    case 'string': {
      const bare = judgeForm(asking, reading, cap, false);
      return bare.allowed ? bare : judgeForm(asking, reading, cap, true);
    }
    default:
      return assertNever(reading.matching);
  }
}

/** What a form opens beside the path: directories that must be covered, and embargoes that must not be closed, as long as the token may be accepted. */
interface Beside {
  readonly directories: readonly Directory[];
  readonly embargoes: readonly CompiledEmbargo[];
}

interface Directory {
  readonly path: CanonicalPath;
  readonly way: Way;
}

/** Judges the bare form, or the one with a slash. */
function judgeForm(asking: Asking, reading: Reading, cap: Cap, slash: boolean): Form {
  if (!slash && beginsAnotherMount(reading)) return { allowed: false, reason: 'partial', because: [] };
  const { directories, embargoes } = joined(
    slash ? nothing : besideBare(asking, reading),
    reading.matching === 'string' ? besideDots(asking, reading, slash) : nothing,
  );
  const { question, needed, stranger } = asking;
  const capped = embargoes.reduce((least, embargo) => capOfAdmitting(asking, embargo, least), cap);
  const life = { from: question.minimum.from, until: capped.at + question.guard };
  if (!directories.every((directory) => isCoveredUntil(asking, directory.path, directory.way, life.until))) {
    return { allowed: false, reason: 'partial', because: [] };
  }
  const closed = embargoes.filter((embargo) => closesDuring(embargo, needed, life, question, stranger));
  if (closed.length === 0) return { allowed: true, slash, cap: capped };
  const because = closed.map(({ id }) => id);
  if (!stranger) return { allowed: false, reason: 'embargoed', because };
  const asAdmitted = judgeForm({ ...asking, stranger: false }, reading, cap, slash);
  const isClosed = !asAdmitted.allowed && asAdmitted.reason === 'embargoed';
  return { allowed: false, reason: isClosed ? 'embargoed' : 'audience-required', because };
}

const nothing: Beside = { directories: [], embargoes: [] };

function joined(one: Beside, other: Beside): Beside {
  if (one === nothing) return other;
  if (other === nothing) return one;
  return {
    directories: [...one.directories, ...other.directories],
    embargoes: [...new Set([...one.embargoes, ...other.embargoes])],
  };
}

/** Without a slash `/foo` also matches `/foobar`: the parent must be open to the principal, but for what the path's own subtree is judged for. */
function besideBare({ question }: Asking, { path, home }: Reading): Beside {
  if (path === home.path) return nothing;
  const logical = toLogical(home, path);
  const parent = parentOf(logical);
  const way = findWay(question.policy.rules, parent);
  const beside = beginningWith(way.end?.embargoesBelow ?? [], logical);
  const embargoes = beside.filter((embargo) => !isAtOrBelow(embargo.path, logical));
  for (const node of way.line) {
    for (const embargo of node.embargoes) {
      if (isExempt(embargo, logical) && !isExempt(embargo, parent)) embargoes.push(embargo);
    }
  }
  return { directories: [{ path: parent, way }], embargoes };
}

/** Every `.` below the mount also matches any other character: whatever agrees with the form must be open to the principal. */
function besideDots({ question }: Asking, { path, home }: Reading, slash: boolean): Beside {
  const dot = path.indexOf('.', home.path.length);
  if (dot === -1) return nothing;
  const logical = toLogical(home, path);
  const form = slash ? asDirectory(logical) : logical;
  const directory = toLogical(home, parentOf(path.slice(0, dot) as CanonicalPath));
  const way = findWay(question.policy.rules, directory);
  const embargoes: CompiledEmbargo[] = [];
  for (const node of way.line) {
    for (const embargo of node.embargoes) if (!isExempt(embargo, directory)) embargoes.push(embargo);
  }
  for (const embargo of way.end?.embargoesBelow ?? []) {
    if (agreesAsExpression(form, asDirectory(embargo.path))) embargoes.push(embargo);
  }
  return { directories: [{ path: directory, way }], embargoes };
}

/** The mount's own path may stay bare when no other mount begins with its characters. */
function beginsAnotherMount({ path, home, mounts, matching }: Reading): boolean {
  if (path !== home.path || mounts.length === 1) return false;
  return mounts.some(
    (mount) =>
      mount !== home &&
      mount.path.length > path.length &&
      (matching === 'string' ? agreesAsExpression(path, mount.path) : mount.path.startsWith(path)),
  );
}

/** An active embargo that admits the principal bounds the token as one below the path would. */
function capOfAdmitting({ question, needed, stranger }: Asking, embargo: CompiledEmbargo, cap: Cap): Cap {
  if (stranger || (embargo.closes & needed) === 0 || !isInForce(embargo, question)) return cap;
  const admission = admissionTo(embargo, needed, question);
  if (admission === undefined) return cap;
  return tightened(cap, question.minimum.from + admission.tokenLife, 'embargo-lifetime', embargo.id);
}
