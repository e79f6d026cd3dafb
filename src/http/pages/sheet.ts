/** Shows a page of blocks to who is signed in. */
import type { Context } from 'koa';
import type { Block, Sheet } from './blocks.ts';
import { type Member, saidOf } from './member.ts';
import type { Pages } from './render.ts';

export interface SheetPage {
  readonly heading: string;
  readonly lead?: string | null;
  readonly error?: string | null;
  readonly status?: number;
  readonly blocks: readonly Block[];
  /** Where its forms may end, beside this server. */
  readonly formTargets?: readonly string[];
}

type SheetView = 'account/sheet' | 'admin/sheet' | 'embargoes/sheet';

export function showSheet(
  pages: Pages,
  ctx: Context,
  member: Member,
  view: SheetView,
  { heading, lead = null, error = null, status = 200, blocks, formTargets = [] }: SheetPage,
): void {
  // After a refusal there is nothing good to say.
  const said = error === null ? saidOf(ctx) : null;
  const model: Sheet = { said, csrf: member.csrf, error, lead, blocks };
  pages.render(ctx, view, model, { heading, member: member.frame, status, formTargets });
}

/** A text of the query, trimmed and bounded; empty: not said. */
export function queryText(ctx: Context, name: string, most = 512): string {
  const value = ctx.query[name];
  return typeof value === 'string' ? value.trim().slice(0, most) : '';
}

/** An instant in a form or query: a day, or a day and time, in UTC; undefined: none, or not one. */
export function instantOf(text: string): number | undefined {
  const isInstant = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d{1,3})?)?Z?$/.test(text);
  const at = isInstant
    ? Date.parse(text.length === 10 ? text : `${text.replace(' ', 'T').replace(/Z$/, '')}Z`)
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** As a field of type `datetime-local` has it, in UTC. */
export function localText(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}
