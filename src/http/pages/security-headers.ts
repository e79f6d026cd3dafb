/** Headers of every page: no script, no frame, no third party, no cache (OWASP ASVS 5, V3.4; oidc-provider-notes 10). */
import type { Context } from 'koa';

export interface PagePolicy {
  /** Where a form may end by redirects, beside this server: browsers hold redirects after a form to `form-action` too. */
  readonly formTargets?: readonly string[];
  /** Of the one inline script, `sha256-…`; only forms that submit themselves have one. */
  readonly scriptHash?: string;
}

export function setPageHeaders(ctx: Context, { formTargets = [], scriptHash }: PagePolicy): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(scriptHash ? [`script-src '${scriptHash}'`] : []),
    ["form-action 'self'", ...formTargets].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  ctx.set({
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms. Other sites are told nothing either way.
    'Referrer-Policy': 'same-origin',
    'Cache-Control': 'no-store',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  // A portal that opens the login in a window of its own would lose that window.
  ctx.remove('Cross-Origin-Opener-Policy');
}

/** The `form-action` source for a redirect URI: its origin, or its scheme where an origin cannot be written (custom schemes, IPv6). */
export function formTargetOf(uri: unknown): readonly string[] {
  if (typeof uri !== 'string') return [];
  const url = URL.parse(uri);
  if (url === null || url.protocol === 'javascript:') return [];
  // The URL parser lets `;` and `,` into host names; they would end the directive.
  const writable = /^https?:$/.test(url.protocol) && /^[a-z0-9.-]+(:\d+)?$/.test(url.host);
  return [writable ? url.origin : url.protocol];
}
