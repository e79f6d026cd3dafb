/** Where to go after a login: a path of this server and nothing else (open redirects). */

export function pagePath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/.test(to) ? to : '/';
}
