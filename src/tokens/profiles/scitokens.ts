/** SciTokens 2.0 (wlcg-tokens.md section 11): `read:/p` and `write:/p`, never more than the storage scopes that they stand for. */
import { anyAudience } from '../../policy/audience.ts';
import { parseScope } from '../../policy/scope.ts';
import type { AccessTokenClaims, AccessTokenInput } from '../claims.ts';
import { commonClaims } from './common.ts';

/** The value of `ver`: without it a verifier takes the token for SciTokens 1.0. */
export const scitokensVersion = 'scitoken:2.0';

/** Valid at every relying party. */
export const scitokensAnyAudience = 'ANY';

/** The longer form of a scope (SciTokens claims language). */
const uriForm = 'https://scitokens.org/v1/authz/';

export function scitokensClaims(input: AccessTokenInput): AccessTokenClaims {
  const { aud, ...claims } = commonClaims(input);
  const audiences = [aud].flat().map((audience) => (audience === anyAudience ? scitokensAnyAudience : audience));
  const [first = scitokensAnyAudience] = audiences;
  return {
    ...claims,
    aud: audiences.length === 1 ? first : audiences,
    // INVARIANT: never beside `wlcg.ver` (W-CLM-14).
    ver: scitokensVersion,
    scope: input.scope.flatMap((scope) => toScitokens(scope) ?? []).join(' '),
    ...(input.groups.length > 0 && { 'wlcg.groups': input.groups }),
  };
}

/** As a SciToken says it. Undefined: it cannot; `write` would also overwrite and delete, and there is nothing for tape. */
export function toScitokens(scope: string): string | undefined {
  const parsed = parseScope(scope);
  if (parsed.kind !== 'storage') return scope;
  const path = scope.slice(scope.indexOf(':'));
  if (parsed.action === 'read') return `read${path}`;
  return parsed.action === 'modify' ? `write${path}` : undefined;
}

/** The storage scope that a scope of SciTokens stands for; any other as it is. Without a path it is malformed, not the root (W-SCOPE-4). */
export function fromScitokens(scope: string): string {
  const short = scope.startsWith(uriForm) ? scope.slice(uriForm.length) : scope;
  if (short === 'read' || short.startsWith('read:')) return `storage.${short}`;
  if (short === 'write' || short.startsWith('write:')) return `storage.modify${short.slice('write'.length)}`;
  return scope;
}
