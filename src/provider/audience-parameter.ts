/** Audiences as the protocol library can carry them: one absolute URI per request, whatever was asked (W-AUD-5; RFC 8707 as one of two ways to ask). */
import { err, ok, type Result } from '../shared/result.ts';

const prefix = 'urn:sluice:audience:';

/** INVARIANT: only our own request normalisation makes these; a client's `resource` of this form is encoded once more. */
export function encodeAudiences(audiences: readonly string[]): string {
  return prefix + encodeURIComponent(JSON.stringify(audiences));
}

/** The audiences in a resource indicator made by `encodeAudiences`. */
export function decodeAudiences(resource: string): readonly string[] {
  return resource.startsWith(prefix) ? JSON.parse(decodeURIComponent(resource.slice(prefix.length))) : [resource];
}

/** Reads the parameters `audience` (repeated or space-separated) and `resource` (repeated, absolute URIs without fragment). */
export function readAudiences(audience: readonly string[], resource: readonly string[]): Result<string[], string> {
  for (const uri of resource) {
    if (!URL.canParse(uri) || uri.includes('#')) {
      return err(`resource \`${uri}\` is not an absolute URI without fragment`);
    }
  }
  const names = audience.flatMap((value) => value.split(' ')).filter((name) => name !== '');
  return ok([...new Set([...names, ...resource])]);
}
