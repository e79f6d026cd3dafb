/** What the views of the administrators' pages are given. */
import type { Sheet } from '../blocks.ts';

export interface AdminModels {
  readonly 'admin/sheet': Sheet;
}
