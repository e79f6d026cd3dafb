/** Ties what is begun at an upstream provider to the browser that began it, by a cookie that lives as long as the browser. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';

export interface BrowserBinding {
  /** Undefined: this browser has begun nothing. */
  present(ctx: Context): string | undefined;
  /** The present one, or a new one. */
  establish(ctx: Context): string;
}

export function createBrowserBinding({ secure }: { readonly secure: boolean }): BrowserBinding {
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const name = secure ? '__Host-sluice_upstream' : 'sluice_upstream';
  const present = (ctx: Context) => ctx.cookies.get(name, { signed: false });
  return {
    present,
    establish: (ctx) => {
      const known = present(ctx);
      const binding = known ?? randomBytes(18).toString('base64url');
      const options = { httpOnly: true, sameSite: 'lax', path: '/', secure, signed: false } as const;
      if (known === undefined) ctx.cookies.set(name, binding, options);
      return binding;
    },
  };
}
