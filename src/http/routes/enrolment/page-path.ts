/** Where a form leads in the end: a path of a page of ours and nothing else (open redirects). */

export function pagePath(to: unknown): string | null {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/.test(to) ? to : null;
}
