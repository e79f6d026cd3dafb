/** What the views of embargoes are given. */
import type { Sheet } from '../blocks.ts';

export interface EmbargoModels {
  readonly 'embargoes/sheet': Sheet;
}
