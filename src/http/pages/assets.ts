/** The style sheet, the icon and the script for passkeys: read once, named by their content, so that browsers keep them for good. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Middleware } from 'koa';

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly hash: string;
}

export interface Assets {
  /** Addresses for the views, with the hash of the content. */
  readonly urls: { readonly css: string; readonly icon: string; readonly passkey: string };
  /** Serves them; INVARIANT: no file is looked up by a request's path. */
  readonly middleware: Middleware;
}

export function loadAssets(viewsDir: string, base: string): Assets {
  const load = (name: string, type: string): Asset => {
    const body = readFileSync(join(viewsDir, 'assets', name));
    return { type, body, hash: createHash('sha256').update(body).digest('base64url').slice(0, 16) };
  };
  const css = load('sluice.css', 'text/css; charset=utf-8');
  const icon = load('icon.svg', 'image/svg+xml');
  const passkey = load('passkey.js', 'text/javascript; charset=utf-8');
  const byPath = new Map([
    ['/assets/sluice.css', css],
    ['/assets/icon.svg', icon],
    ['/assets/passkey.js', passkey],
  ]);
  return {
    urls: {
      css: `${base}/assets/sluice.css?v=${css.hash}`,
      icon: `${base}/assets/icon.svg?v=${icon.hash}`,
      passkey: `${base}/assets/passkey.js?v=${passkey.hash}`,
    },
    middleware: async (ctx, next) => {
      const asset = byPath.get(ctx.path);
      if (asset === undefined || !['GET', 'HEAD'].includes(ctx.method)) return next();
      const named = ctx.query.v === asset.hash;
      ctx.set({
        'Cache-Control': named ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
        ETag: `"${asset.hash}"`,
        'X-Content-Type-Options': 'nosniff',
        'Content-Security-Policy': "default-src 'none'",
      });
      ctx.status = 200;
      ctx.type = asset.type;
      if (ctx.fresh) {
        ctx.status = 304;
        return;
      }
      ctx.body = asset.body;
    },
  };
}
