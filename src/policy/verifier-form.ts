/** In which form a path may be shown to a verifier of its class without opening more than the path: bare, with a slash, or not at all (policy-semantics 2.3). */
import { assertNever } from '../shared/assert-never.ts';
import { conveys } from './action.ts';
import { closesDuringLife, isExempt } from './admission.ts';
import type { CompiledEmbargo, CompiledMount } from './compile.ts';
import { isCoveredForLife } from './coverage.ts';
import { allow, type Judgement, refuse } from './judgement.ts';
import { agreesAsExpression, toLogical } from './mount.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, parentOf } from './path.ts';
import type { Question } from './question.ts';
import type { Action, Matching } from './rule.ts';

/** A path as one storage reads it. */
export interface Reading {
  readonly question: Question;
  readonly action: Action;
  /** The storage's own path, at or below `home`. */
  readonly path: CanonicalPath;
  readonly home: CompiledMount;
  /** All mounts of the storage. */
  readonly mounts: readonly CompiledMount[];
  readonly matching: Matching;
  /** Nobody is a party. */
  readonly stranger: boolean;
}

/** The path's subtree is already found to be allowed; here only what a verifier opens beside it is judged. */
export function judgeForm(reading: Reading): Judgement {
  switch (reading.matching) {
    case 'segment':
      return allow();
    case 'prefix':
      // The verifier loses a trailing slash, so the path must be safe without one.
      return judgeBare(reading);
    case 'string':
      return judgeDots(reading, !judgeBare(reading).allowed);
    default:
      return assertNever(reading.matching);
  }
}

/** Whether nothing is opened when `/foo` also matches `/foobar`. */
function judgeBare(reading: Reading): Judgement {
  const { question, action, path, home } = reading;
  if (path === home.path) return beginsAnotherMount(reading) ? refuse('partial') : allow();
  const logical = toLogical(home, path);
  const parent = parentOf(logical);
  if (!isCoveredForLife(question, action, parent)) return refuse('partial');
  const { embargoes } = question.policy;
  const beside = embargoes.beginningWith(logical).filter((embargo) => !isAtOrBelow(embargo.path, logical));
  const around = embargoes
    .atOrAbove(parent)
    .filter((embargo) => isExempt(embargo, logical) && !isExempt(embargo, parent));
  return judgeClosed(reading, [...around, ...beside]);
}

function beginsAnotherMount({ path, home, mounts, matching }: Reading): boolean {
  return mounts.some(
    (mount) =>
      mount !== home &&
      mount.path.length > path.length &&
      (matching === 'string' ? agreesAsExpression(path, mount.path) : mount.path.startsWith(path)),
  );
}

/** Whether nothing is opened when every `.` below the mount also matches any other character; a slash is added where that alone helps. */
function judgeDots(reading: Reading, slash: boolean): Judgement {
  const { question, action, path, home } = reading;
  const dot = path.indexOf('.', home.path.length);
  if (dot === -1) return allow([], slash);
  const logical = toLogical(home, path);
  const directory = toLogical(home, parentOf(path.slice(0, dot) as CanonicalPath));
  if (!isCoveredForLife(question, action, directory)) return refuse('partial');
  const { embargoes } = question.policy;
  const above = embargoes.atOrAbove(directory).filter((embargo) => !isExempt(embargo, directory));
  const inside = judgeClosed(reading, above);
  if (!inside.allowed) return inside;
  const below = embargoes.below(directory);
  const judgeAs = (form: string) =>
    judgeClosed(
      reading,
      below.filter((embargo) => agreesAsExpression(form, asDirectory(embargo.path))),
    );
  if (!slash && judgeAs(logical).allowed) return allow();
  const withSlash = judgeAs(asDirectory(logical));
  return withSlash.allowed ? allow([], true) : withSlash;
}

/** Refused when one of the embargoes is closed to the principal at some instant of the token's life. */
function judgeClosed({ question, action, stranger }: Reading, embargoes: readonly CompiledEmbargo[]): Judgement {
  const needed = conveys(action);
  const closed = embargoes.filter((embargo) => closesDuringLife(embargo, needed, question, stranger));
  const refusing = closed.filter((embargo) => closesDuringLife(embargo, needed, question, false));
  if (refusing.length > 0) return refuse('embargoed', [refusing[0]?.id ?? '']);
  if (closed.length > 0)
    return refuse(
      'audience-required',
      closed.map(({ id }) => id),
    );
  return allow();
}
