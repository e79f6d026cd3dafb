/** What the views of my account: profile, sessions, applications, tokens, access are given. */
import type { Sheet } from '../blocks.ts';

export interface AccountModels {
  readonly 'account/sheet': Sheet;
}
