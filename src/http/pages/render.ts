/** Pages: compiled views inside one layout, sent with the headers of `security-headers.ts`. Views escape every value. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Context } from 'koa';
import { type Assets, loadAssets } from './assets.ts';
import type { MemberFrame, ViewModels, ViewName } from './models.ts';
import { type PagePolicy, setPageHeaders } from './security-headers.ts';
import { texts } from './texts.ts';

interface PageOptions extends PagePolicy {
  readonly status?: number;
  /** What the page is called; the views put it into `<h1>`. */
  readonly heading: string;
  /** Of who is signed in; absent: a page for everybody. */
  readonly member?: MemberFrame;
}

export interface Pages {
  render<V extends ViewName>(ctx: Context, view: V, model: ViewModels[V], options: PageOptions): void;
  readonly assets: Assets;
  /** Path of the issuer without its last slash, before every path in a page. */
  readonly base: string;
}

/** Views with long lines get the wider column; those in folders are pages for who is signed in, and wide as well. */
const wide: ReadonlySet<string> = new Set(['consent', 'blocked', 'home', 'error']);

/** What is no page by itself. */
const frames = /^(?:layout$|partials\/|assets\/)/;

/** Reads and compiles every view at once: a broken one stops the start and not a login. */
export function createPages(deps: { readonly viewsDir: string; readonly issuer: string }): Pages {
  const compile = (name: string) => {
    const filename = join(deps.viewsDir, `${name}.ejs`);
    return ejs.compile(readFileSync(filename, 'utf8'), { filename, localsName: 'it', _with: false, cache: true });
  };
  const layout = compile('layout');
  const views = readdirSync(deps.viewsDir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ejs'))
    .map((file) => file.slice(0, -'.ejs'.length).replaceAll('\\', '/'))
    .filter((name) => !frames.test(name));
  const compiled = new Map(views.map((name) => [name, compile(name)]));
  const { host, pathname } = new URL(deps.issuer);
  const base = pathname.replace(/\/$/, '');
  const assets = loadAssets(deps.viewsDir, base);
  const shared = { t: texts, assets: assets.urls, base, host };

  return {
    assets,
    base,
    render(ctx, view, model, { status = 200, heading, member, ...policy }) {
      const title = 'error' in model && model.error ? texts.errorTitle(heading) : heading;
      const body = compiled.get(view)?.({ ...shared, csrf: null, ...model, heading });
      setPageHeaders(ctx, policy);
      ctx.status = status;
      ctx.type = 'text/html; charset=utf-8';
      const isWide = wide.has(view) || view.includes('/');
      ctx.body = layout({ ...shared, title, body, member: member ?? null, wide: isWide });
      ctx.state.page = view;
    },
  };
}
