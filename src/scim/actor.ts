/** Who asks over SCIM, and the conditions of a write (RFC 7644 section 3.14). */
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import { ok } from '../shared/result.ts';
import { type ScimAnswer, scimStatus } from './problem.ts';
import type { Json } from './represent.ts';
import type { ScimSigner } from './unit.ts';

export interface ScimWrite {
  readonly context: ChangeContext;
  /** `If-Match` as it came; null: whatever is present. */
  readonly ifMatch: string | null;
  /** Whether the answer shows the members of a group, who may be many. */
  readonly showsMembers: boolean;
}

export const notFound = scimStatus(404, 'there is no such resource');

/** Tags are weak: those of two representations are compared without looking at that (RFC 9110 section 8.8.3.2). */
export function isTagged(header: string, resource: Json): boolean {
  const version = (resource.meta as { readonly version: string }).version;
  if (header.trim() === '*') return true;
  return header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === version.replace(/^W\//, ''));
}

export function checkTag(ifMatch: string | null, resource: Json): ScimAnswer<null> {
  if (ifMatch === null || isTagged(ifMatch, resource)) return ok(null);
  return scimStatus(412, 'it was changed since it was read, expected the present `meta.version` in `If-Match`');
}

export function signerOf({ context: { actor } }: ScimWrite): ScimSigner {
  return { actor: peopleActorName(actor), address: actor.address };
}
