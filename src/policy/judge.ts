/** Judges one storage scope for all the audiences of a request (policy-semantics 2.3 and 4): each by itself, then what all of them would get. */
import { judgeAnywhere } from './anywhere.ts';
import { readings } from './ceiling.ts';
import type { CompiledMount, CompiledStorage } from './compiled-rules.ts';
import type { LeftPart } from './decision.ts';
import { earlier } from './expiry.ts';
import type { Judgement, OwnPath } from './judgement.ts';
import { homeOf, regionsOf, shownByAll, toLogical } from './mount.ts';
import { inParts, nothing, type Resolved, resolvePath } from './narrow.ts';
import { type CanonicalPath, isAtOrBelow, rebase } from './path.ts';
import type { Asking } from './question.ts';
import { union } from './union.ts';
import { formOf } from './verifier-form.ts';

type Judge = (asking: Asking, path: CanonicalPath) => Judgement;

export function judgeScope(asking: Asking, path: CanonicalPath): Judgement {
  const { audiences } = asking.question;
  const [storage] = audiences.storages;
  if (storage !== undefined && audiences.storages.length === 1 && !audiences.anywhere) {
    return judgeAt(asking, storage, path);
  }
  const regions = readings(audiences, path);
  if (regions.length === 0 || regions.some((found) => found.length === 0)) return nothing(path, 'outside-storage');
  if (regions.length > 1) {
    const shown = shownByAll(regions);
    if (shown === 'disagree') return nothing(path, 'audiences-differ');
    if (shown.length === 0) return nothing(path, 'outside-storage');
  }
  const judges: Judge[] = audiences.storages.map((storage) => (asked, own) => judgeAt(asked, storage, own));
  if (audiences.anywhere) judges.push(judgeAnywhere);
  const [only] = judges;
  return judges.length === 1 && only ? only(asking, path) : agreed(asking, judges, path);
}

/** Only what every audience would get by itself, whole, with the smallest cap. */
function agreed(asking: Asking, judges: readonly Judge[], path: CanonicalPath): Judgement {
  const proposals = judges.map((judge) => judge(asking, path));
  const proposed = new Set(proposals.flatMap(({ open }) => open.map((own) => own.path)));
  const candidates = [...proposed].filter((candidate) =>
    proposals.every(({ open }) => open.some((own) => isAtOrBelow(candidate, own.path))),
  );
  const whole: Asking = { ...asking, mode: 'strict' };
  const open: OwnPath[] = [];
  const left = proposals.flatMap((proposal) => proposal.left);
  for (const candidate of candidates) {
    const judged = judges.map((judge) => judge(whole, candidate));
    const all = judged.flatMap((one) => one.open);
    if (all.length === judges.length) open.push(all.reduce(asOne));
    else left.push(...judged.flatMap((one) => one.left));
  }
  return { open, left };
}

/** The same path at two audiences; a slash that one verifier needs, all accept. */
function asOne(one: OwnPath, other: OwnPath): OwnPath {
  return {
    path: one.path,
    slash: one.slash || other.slash,
    cap: earlier(one.cap, other.cap),
    because: union([one.because, other.because]),
  };
}

/** As the own path of one registered storage. */
function judgeAt(asking: Asking, storage: CompiledStorage, path: CanonicalPath): Judgement {
  const { shows } = storage;
  const home = homeOf(shows, path);
  if (home !== undefined) {
    return inForm(asking, storage, home, resolvePath(asking, toLogical(home, path)));
  }
  const below = regionsOf(shows, path);
  if (below.length === 0) return nothing(path, 'outside-storage');
  return inParts(asking, path, (narrow) => {
    const parts = below.map((mount) => inForm(narrow, storage, mount, resolvePath(narrow, mount.at)));
    return { open: parts.flatMap(({ open }) => open), left: parts.flatMap(({ left }) => left) };
  });
}

/** Logical paths of one mount in the storage's own tree, in the form that its class of verifier needs. */
function inForm(asking: Asking, storage: CompiledStorage, home: CompiledMount, resolved: Resolved): Judgement {
  const own = (logical: CanonicalPath) => rebase(logical, home.at, home.path);
  const open: OwnPath[] = [];
  const left: LeftPart[] = resolved.left.map((part) => ({ ...part, path: own(part.path as CanonicalPath) }));
  for (const { path: logical, cap, because } of resolved.open) {
    const path = own(logical);
    const form = formOf(asking, { path, home, mounts: storage.shows, matching: storage.matching }, cap);
    if (form.allowed) open.push({ path, slash: form.slash, cap: form.cap, because });
    else left.push({ path, reason: form.reason, because: form.because });
  }
  return { open, left };
}
