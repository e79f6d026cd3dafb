/** What a page is put together of, where it needs no view of its own: `partials/blocks.ejs` shows them in order. */
import type { Drawing } from './drawing.ts';
import type { Field, Pager } from './parts.ts';

/** A form that is one button, such as in a row of a table. */
export interface ButtonForm {
  readonly action: string;
  readonly hidden?: readonly (readonly [name: string, value: string])[];
  readonly label: string;
  /** What the button is called where others look the same: `Revoke portal`. */
  readonly name: string;
  readonly danger?: boolean;
}

/** Absent parts are not shown; those present stand in this order. */
export interface CellParts {
  readonly href?: string;
  /** The text of the link, where there is one. */
  readonly text?: string;
  readonly badge?: string;
  readonly tone?: 'good' | 'bad';
  /** Each on a line of its own. */
  readonly lines?: readonly string[];
  /** In the letters of code, each on a line. */
  readonly codes?: readonly string[];
  /** Below, in small. */
  readonly note?: string;
  readonly more?: { readonly href: string; readonly text: string };
  readonly button?: ButtonForm;
}

export type Cell = string | CellParts;

export interface Row {
  readonly head: Cell;
  readonly cells: readonly Cell[];
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  /** Links to the headings of the page. */
  | { readonly kind: 'contents'; readonly label: string }
  | { readonly kind: 'text'; readonly text: string; readonly look?: 'lead' | 'hint' | 'alert' | 'note' }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [label: string, value: Cell])[] }
  | {
      readonly kind: 'table';
      readonly caption?: string;
      /** Folded away behind this word. */
      readonly folded?: string;
      /** The first one is that of the rows' heads. */
      readonly columns: readonly string[];
      readonly rows: readonly Row[];
      /** Shown when there are no rows. */
      readonly empty: string;
    }
  | { readonly kind: 'list'; readonly items: readonly Cell[] }
  | {
      readonly kind: 'form';
      readonly action: string;
      /** `get` for what changes nothing; it has no token. */
      readonly method: 'get' | 'post';
      readonly fields: readonly Field[];
      readonly hidden?: readonly (readonly [name: string, value: string])[];
      readonly submit: string;
      readonly danger?: boolean;
      readonly cancel?: { readonly href: string; readonly label: string };
      /** The fields stand beside one another. */
      readonly filters?: boolean;
    }
  | {
      readonly kind: 'links';
      readonly links: readonly { readonly href: string; readonly label: string; readonly danger?: boolean }[];
    }
  | {
      readonly kind: 'tiles';
      readonly tiles: readonly { readonly label: string; readonly value: string; readonly href?: string }[];
    }
  | { readonly kind: 'drawing'; readonly drawing: Drawing }
  | { readonly kind: 'code'; readonly label: string; readonly text: string }
  | { readonly kind: 'pager'; readonly pager: Pager };

/** The model of a page of blocks. */
export interface Sheet {
  readonly said: string | null;
  readonly csrf: string;
  /** Shown above everything, as an alert. */
  readonly error: string | null;
  readonly lead: string | null;
  readonly blocks: readonly Block[];
}
