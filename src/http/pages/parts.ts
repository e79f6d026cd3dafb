/** What several pages show alike: fields of forms, pagers, searches. */
import type { Context } from 'koa';

/** For `partials/field.ejs`. */
export interface Field {
  readonly id: string;
  /** Of the form's value; the id when absent. */
  readonly name?: string;
  readonly label: string;
  readonly hint?: string | null;
  readonly error?: string | null;
  readonly type?:
    | 'text'
    | 'email'
    | 'password'
    | 'search'
    | 'datetime-local'
    | 'date'
    | 'number'
    | 'url'
    | 'textarea'
    | 'select'
    /** One box; it is sent as `yes`. */
    | 'checkbox'
    /** A box for each of the options; those of `values` are ticked. */
    | 'checkboxes';
  readonly value?: string;
  readonly checked?: boolean;
  readonly values?: readonly string[];
  /** Values to choose from while one types. */
  readonly suggestions?: readonly string[];
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly required?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: string;
  readonly maxlength?: number;
  readonly rows?: number;
}

/** For `partials/pager.ejs`: addresses; null where there is nothing to go to. */
export interface Pager {
  readonly first: string | null;
  readonly next: string | null;
}

/** For `partials/search.ejs`. */
export interface Search {
  readonly action: string;
  readonly value: string;
  readonly label?: string;
}

const pageSize = 50;

/** `after` of the query, as lists of the use cases take it. */
export function pageOf(ctx: Context, limit = pageSize): { readonly limit: number; readonly after: string | null } {
  const { after } = ctx.query;
  return { limit, after: plainText(after).slice(0, 1000) || null };
}

/** Links to the first and the next page; the rest of the query stays. */
export function pagerOf(ctx: Context, base: string, next: string | null): Pager {
  const to = (after: string | null) => {
    const query = new URLSearchParams(ctx.querystring);
    query.delete('after');
    query.delete('said');
    if (after !== null) query.set('after', after);
    const text = query.toString();
    return `${base}${ctx.path}${text === '' ? '' : `?${text}`}`;
  };
  return { first: typeof ctx.query.after === 'string' ? to(null) : null, next: next === null ? null : to(next) };
}

/** The search of the query, as it was typed. */
export function searchOf(ctx: Context, base: string, label?: string): Search {
  const value = plainText(ctx.query.search).trim().slice(0, 200);
  return { action: `${base}${ctx.path}`, value, ...(label !== undefined && { label }) };
}

/** A database takes no zero byte; what came twice was not one of our links. */
function plainText(value: unknown): string {
  return typeof value === 'string' ? value.replaceAll('\0', '') : '';
}

/** `2026-11-22 12:00 UTC`. */
export function instantText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
