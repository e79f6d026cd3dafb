/** Is a whole logical subtree open to the principal, and until when: its grants, then every embargo above and below (policy-semantics 4, steps 3 to 6). */
import { admissionTo, isExempt, isInForce } from './admission.ts';
import type { CompiledEmbargo } from './compiled-rules.ts';
import { type Coverage, coverageOf } from './coverage.ts';
import type { Cap, LeftPart } from './decision.ts';
import { tightened } from './expiry.ts';
import type { CanonicalPath } from './path.ts';
import type { Asking } from './question.ts';
import type { Way } from './rule-tree.ts';

/** A subtree that may be issued whole. */
export interface OpenPath {
  readonly path: CanonicalPath;
  readonly cap: Cap;
  /** Ids of the grants that cover it and of the embargoes that admit the principal. */
  readonly because: readonly string[];
}

/** `closed`: an embargo at or above closes it; `hole`: one below it does. */
export type Subtree =
  | { readonly state: 'open'; readonly open: OpenPath }
  | { readonly state: 'closed'; readonly left: LeftPart; readonly by: CompiledEmbargo }
  | { readonly state: 'hole'; readonly left: LeftPart }
  | { readonly state: 'ungranted'; readonly left: LeftPart };

/** `way` leads to the path; `coverage` is what the grants on it give. */
export function judgeSubtree(
  asking: Asking,
  path: CanonicalPath,
  way: Way,
  coverage: Coverage | undefined = coverageOf(asking, way),
): Subtree {
  if (coverage === undefined) return { state: 'ungranted', left: { path, reason: 'no-grant', because: [] } };
  const { longest, guard } = asking.question;
  const cap = tightened(longest, coverage.until - guard, 'grant', coverage.longest);
  return judgeEmbargoes(asking, { path, cap, because: coverage.because }, way);
}

/** What the embargoes met so far amount to. */
interface Met {
  cap: Cap;
  /** Ids of those that admit the principal. */
  readonly admitting: string[];
  /** The first that refuses, above and below. */
  closing?: CompiledEmbargo;
  piercing?: CompiledEmbargo;
  /** The first above that admits the principal but no stranger. */
  closingToStrangers?: CompiledEmbargo;
}

function judgeEmbargoes(asking: Asking, granted: OpenPath, { line, end }: Way): Subtree {
  const met: Met = { cap: granted.cap, admitting: [] };
  for (const { embargoes } of line) {
    if (embargoes.length > 0) meetAbove(asking, embargoes, granted.path, met);
  }
  for (const embargo of end?.embargoesBelow ?? []) {
    if (!meet(asking, embargo, met)) met.piercing ??= embargo;
  }
  return conclude(asking, granted, met);
}

function meetAbove(asking: Asking, embargoes: readonly CompiledEmbargo[], path: CanonicalPath, met: Met): void {
  for (const embargo of embargoes) {
    if (isExempt(embargo, path)) continue;
    if (!meet(asking, embargo, met)) met.closing ??= embargo;
    else if (asking.stranger && met.admitting.at(-1) === embargo.id) met.closingToStrangers ??= embargo;
  }
}

/** False when the embargo refuses the principal within the minimum window; a later one, and one that admits, only bound the end. */
function meet(asking: Asking, embargo: CompiledEmbargo, met: Met): boolean {
  const { question, needed, stranger } = asking;
  if ((embargo.closes & needed) === 0) return true;
  if (!isInForce(embargo, question)) {
    met.cap = capOfLater(asking, embargo, met.cap);
    return true;
  }
  const admission = admissionTo(embargo, needed, question);
  if (admission === undefined) return false;
  met.admitting.push(embargo.id);
  if (stranger) return true;
  if (admission.until < embargo.until) {
    met.cap = tightened(met.cap, admission.until - question.guard, 'admission', embargo.id);
  }
  met.cap = tightened(met.cap, question.minimum.from + admission.tokenLife, 'embargo-lifetime', embargo.id);
  return true;
}

/** An embargo that begins during the life of the token closes at its beginning, or when the admission to it ends. */
function capOfLater({ question, needed, stranger }: Asking, embargo: CompiledEmbargo, cap: Cap): Cap {
  if (embargo.from < question.minimum.until) return cap;
  const admission = stranger ? undefined : admissionTo(embargo, needed, question);
  if (admission === undefined) return tightened(cap, embargo.from - question.guard, 'embargo', embargo.id);
  if (admission.until >= embargo.until) return cap;
  return tightened(cap, Math.max(admission.until, embargo.from) - question.guard, 'admission', embargo.id);
}

function conclude({ stranger }: Asking, { path, because }: OpenPath, met: Met): Subtree {
  const { closing, piercing, closingToStrangers, admitting, cap } = met;
  if (closing !== undefined) {
    return { state: 'closed', by: closing, left: { path, reason: 'embargoed', because: [closing.id] } };
  }
  if (piercing !== undefined) {
    const left: LeftPart = { path, reason: 'embargoed-part', because: [piercing.id] };
    return closingToStrangers ? { state: 'closed', by: closingToStrangers, left } : { state: 'hole', left };
  }
  if (stranger && admitting.length > 0) {
    const left: LeftPart = { path, reason: 'audience-required', because: admitting };
    return closingToStrangers ? { state: 'closed', by: closingToStrangers, left } : { state: 'hole', left };
  }
  return {
    state: 'open',
    open: { path, cap, because: admitting.length === 0 ? because : [...because, ...admitting] },
  };
}
