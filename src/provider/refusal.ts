/** Turns a refused decision into an OAuth error (RFC 6749 section 5.2): scope and reason word, printable ASCII, short enough to be shown to users. */
import { errors } from 'oidc-provider';
import type { Decision } from '../policy/decision.ts';
import { masked } from '../shared/masked.ts';

/** Longest `error_description`, in characters. */
export const maxDescriptionLength = 200;

/** `invalid_scope`, or `access_denied` for a capability set (W-CAP-6), naming as many refused scopes as fit, each with its reason word. */
export function refusalError(decision: Decision): errors.OIDCProviderError {
  const description = describeRefusal(decision);
  return decision.error === 'access_denied' ? new errors.AccessDenied(description) : scopeError(description);
}

/** The library would put a scope of its own into the answer; the description names them. */
export function scopeError(description: string): errors.InvalidScope {
  return new errors.InvalidScope(printable(description), undefined as unknown as string);
}

/** For example `storage.read:/cta/restricted/p17 refused: embargoed`. */
export function describeRefusal(decision: Decision): string {
  const parts = decision.refused.map(({ scope, reason }) => ({ scope, reason }));
  if (parts.length === 0) return 'no scope was asked for that may be issued';
  let text = '';
  for (const { scope, reason } of parts) {
    const suffix = ` refused: ${reason}`;
    const room = maxDescriptionLength - suffix.length;
    const part = (scope.length > room ? `${scope.slice(0, room - 3)}...` : scope) + suffix;
    const longer = text === '' ? part : `${text}; ${part}`;
    if (longer.length > maxDescriptionLength) break;
    text = longer;
  }
  return printable(text);
}

/** RFC 6749 section 5.2 allows %x20-21 / %x23-5B / %x5D-7E only. A token that came in the wrong place is not repeated. */
export function printable(text: string): string {
  return masked(text)
    .replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/gu, '?')
    .slice(0, maxDescriptionLength);
}
