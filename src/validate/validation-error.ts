/** Why a token is not accepted: a closed set of codes, each with a message that holds no part of a secret. */
import { err, type Result } from '../shared/result.ts';

export type ValidationErrorCode =
  /** Not a signed JWT in compact form. */
  | 'token_malformed'
  /** `typ` says that this is another kind of token (RFC 8725 section 3.11). */
  | 'token_type_not_accepted'
  /** `crit` names an extension; none is understood (RFC 7515 section 4.1.11). */
  | 'header_not_accepted'
  /** Not RS256 or ES256, or not the algorithm of the key (W-ISS-2, W-RS-6). */
  | 'algorithm_not_accepted'
  | 'issuer_unknown'
  /** No valid keys of the issuer: none cached and none to be had. A fault of the service, not of the token. */
  | 'keys_unavailable'
  /** No key of the issuer has the token's `kid` (W-KEY-1). */
  | 'key_unknown'
  | 'signature_invalid'
  | 'claim_missing'
  | 'claim_invalid'
  /** The major number of `wlcg.ver` is not known (W-RS-5). */
  | 'version_unsupported'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'audience_mismatch'
  /** The scope holds a `storage.*` without a path or with a bad one (W-SCOPE-4). */
  | 'scope_malformed';

export interface ValidationError {
  readonly code: ValidationErrorCode;
  /** For the operator and the client: printable ASCII. */
  readonly message: string;
}

/** A refused token. */
export function refuse(code: ValidationErrorCode, message: string): Result<never, ValidationError> {
  return err({ code, message });
}

const maxQuotedLength = 120;

/** A value of the token in a message: cut, and without characters that could forge a header or a log line. */
export function quote(value: unknown): string {
  const text = String(typeof value === 'string' ? value : JSON.stringify(value)).replace(/[^\x20-\x7e]|["\\`]/g, '?');
  return text.length > maxQuotedLength ? `\`${text.slice(0, maxQuotedLength)}...\`` : `\`${text}\``;
}
