/** Headers of every page: no script, no frame, no third party, no cache (OWASP ASVS 5, V3.4; oidc-provider-notes 10). */
import type { Context } from 'koa';

export interface PagePolicy {
  /** Where a form may end by redirects, beside this server: browsers hold redirects after a form to `form-action` too. */
  readonly formTargets?: readonly string[];
  /** The page uses the script for passkeys, from this server. */
  readonly script?: boolean;
  /** Of the one inline script, `sha256-…`; only forms that submit themselves have one. */
  readonly scriptHash?: string;
}

export function setPageHeaders(ctx: Context, { formTargets = [], script = false, scriptHash }: PagePolicy): void {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(script ? ["script-src 'self'"] : []),
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

const loopback = ['http://localhost:*', 'http://127.0.0.1:*'];

/**
 * The `form-action` sources for a form that ends at a redirect URI. Measured: Chromium holds every redirect after a form to them,
 * those of the application as well, and many an application passes the browser on from its callback to another host of its own.
 * So they name the kind of address and not the one origin: https, this machine, or a scheme of a native application.
 */
export function formTargetsOf(uri: unknown): readonly string[] {
  const url = typeof uri === 'string' ? URL.parse(uri) : null;
  if (url === null || url.protocol === 'javascript:') return [];
  if (url.protocol !== 'http:') return [url.protocol];
  return ['localhost', '127.0.0.1'].includes(url.hostname) ? loopback : ['http:'];
}
