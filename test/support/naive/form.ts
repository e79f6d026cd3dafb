/** How a scope path must be written for a verifier class, or that it cannot be, in the naive model (policy-semantics 2.3). */
import type { Action, Embargo, Matching, Mount } from '../../../src/policy/rule.ts';
import { isWithin } from '../oracle.ts';
import {
  type Ask,
  clientPaths,
  closesBefore,
  coveredUntil,
  gatesFor,
  guard,
  isUnder,
  longestEnd,
  type Viewer,
} from './facts.ts';
import { agreesByDots, directory, isBelow, join, move, parent, split } from './paths.ts';
import { capOf, lifetimeCap } from './subtree.ts';

export interface Place {
  readonly action: Action;
  /** The storage's own path, at or below the mount. */
  readonly own: string;
  readonly mount: Mount;
  /** Of the same storage. */
  readonly mounts: readonly Mount[];
  readonly matching: Matching;
  /** What ends a token with this scope alone, where that is more than the rules on this place. */
  readonly alone?: number | undefined;
}

/** `cap`: what this form alone adds to the caps. */
export type Form = { readonly slash: boolean; readonly cap: number } | 'partial' | 'embargoed';

export const toLogical = ({ own, mount }: Pick<Place, 'own' | 'mount'>) => move(own, mount.path, mount.at);

export function formOf(ask: Ask, place: Place, viewer: Viewer): Form {
  if (place.matching === 'segment') return { slash: false, cap: Number.POSITIVE_INFINITY };
  const bare = bareForm(ask, place, viewer);
  if (place.matching === 'prefix') return bare;
  const slash: Form = { slash: true, cap: Number.POSITIVE_INFINITY };
  const first = typeof bare === 'string' ? slash : bare;
  if (firstDottedDirectory(place) === null) return first;
  const judged = withDots(ask, place, first, viewer);
  if (judged === 'embargoed' && !first.slash) return withDots(ask, place, slash, viewer);
  return judged;
}

/** Whether the path may stay as it is for verifiers that compare characters; else the word for one that loses a slash. */
function bareForm(ask: Ask, place: Place, viewer: Viewer): Form {
  const { action, own, mount, mounts, matching } = place;
  if (own === mount.path) {
    const begins = (other: Mount) =>
      matching === 'string'
        ? other.path.length >= own.length && agreesByDots(own, other.path)
        : other.path.startsWith(own);
    const isAlone = !mounts.some((other) => other.path !== own && begins(other));
    return isAlone ? { slash: false, cap: Number.POSITIVE_INFINITY } : 'partial';
  }
  const path = toLogical(place);
  const above = parent(path);
  const gates = gatesFor(ask, action).filter(
    (gate) =>
      (gate.path.startsWith(path) && !isWithin(gate.path, path)) || (isUnder(gate, above) && !isUnder(gate, path)),
  );
  return judge(ask, place, { directory: above, gates, form: { slash: false, cap: Number.POSITIVE_INFINITY } }, viewer);
}

/** The logical directory that holds the first segment with a dot below the mount; null: there is none. */
function firstDottedDirectory({ own, mount }: Place): string | null {
  const below = split(own).slice(split(mount.path).length);
  const index = below.findIndex((segment) => segment.includes('.'));
  return index === -1 ? null : join([...split(mount.at), ...below.slice(0, index)]);
}

function withDots(ask: Ask, place: Place, form: Exclude<Form, string>, viewer: Viewer): Form {
  const above = firstDottedDirectory(place) ?? '/';
  const path = toLogical(place);
  const written = form.slash ? directory(path) : path;
  const gates = gatesFor(ask, place.action).filter(
    (gate) => isUnder(gate, above) || (isBelow(gate.path, above) && agreesByDots(written, directory(gate.path))),
  );
  return judge(ask, place, { directory: above, gates, form }, viewer);
}

interface Opened {
  /** What must be granted and allowed to the client. */
  readonly directory: string;
  /** What must not close. */
  readonly gates: readonly Embargo[];
  readonly form: Exclude<Form, string>;
}

/** The conditions hold until `exp` and guard, where `exp` is that of a token with this scope alone. */
function judge(ask: Ask, place: Place, opened: Opened, viewer: Viewer): Form {
  const { action } = place;
  const cap = Math.min(opened.form.cap, ...opened.gates.map((gate) => lifetimeCap(ask, action, gate, viewer)));
  const { alone = Number.POSITIVE_INFINITY } = place;
  const until = Math.min(longestEnd(ask), capOf(ask, action, toLogical(place), viewer), alone, cap) + guard(ask);
  const covered = coveredUntil(ask, action, opened.directory);
  const isClients = clientPaths(ask, action).some((path) => isWithin(opened.directory, path));
  if (covered === null || covered < until || !isClients) return 'partial';
  if (opened.gates.some((gate) => closesBefore(ask, gate, action, until, viewer))) return 'embargoed';
  return { slash: opened.form.slash, cap };
}
