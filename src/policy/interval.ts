/** Half-open spans of time with infinite ends, in milliseconds since the epoch (policy-semantics 2, last line). */
import type { Interval } from './rule.ts';

/** `[from, until)`; an absent end is infinite. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export function toSpan({ from, until }: Interval): Span {
  return { from: from ?? Number.NEGATIVE_INFINITY, until: until ?? Number.POSITIVE_INFINITY };
}

/** Whether the span lasts through the whole window; one that ends exactly at its end does. */
export function lastsThrough(span: Span, window: Span): boolean {
  return span.from <= window.from && span.until >= window.until;
}

/** Whether the span is active at some instant of the window; one that starts exactly at its end is not. */
export function touches(span: Span, window: Span): boolean {
  return span.from < window.until && span.until > window.from;
}

/** What both have in common; empty when `from >= until`. */
export function overlap(one: Span, other: Span): Span {
  return { from: Math.max(one.from, other.from), until: Math.min(one.until, other.until) };
}

/** Whether every instant of the window lies in at least one of the spans. */
export function coverTogether(spans: readonly Span[], window: Span): boolean {
  let reached = window.from;
  for (const span of [...spans].sort((one, other) => one.from - other.from)) {
    if (span.from > reached) break;
    reached = Math.max(reached, span.until);
  }
  return reached >= window.until;
}
