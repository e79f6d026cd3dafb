/** The start page: what this server is, for whoever opens its address in a browser. */
import type { Context } from 'koa';
import type { Pages } from '../pages/render.ts';
import { texts } from '../pages/texts.ts';

export interface HomeDeps {
  readonly pages: Pages;
  readonly issuer: string;
  /** The username of this browser's session, or null. */
  readonly signedInAs: (ctx: Context) => Promise<string | null>;
}

export async function showHome(deps: HomeDeps, ctx: Context): Promise<void> {
  const model = { issuer: deps.issuer, username: await deps.signedInAs(ctx) };
  deps.pages.render(ctx, 'home', model, { heading: texts.home.title });
}
