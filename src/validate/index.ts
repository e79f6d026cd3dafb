/** The public API `sluice/validate`: offline validation of WLCG tokens for storages and other services. */
export {
  type Authorization,
  authorizeScope,
  type DenyReason,
  type RenamePaths,
  type RequestPath,
  type ScopeQuestion,
} from './authorize-scope.ts';
export { type Admission, admit, bearerToken, type Challenge, challenge, type GuardedRequest } from './bearer.ts';
export type { TokenClaims } from './claims.ts';
export type { CacheEnvironment, JwksCacheLocation } from './jwks-cache.ts';
export type { KeyTimes } from './key-source.ts';
export { isOperation, type Operation, operations } from './operation.ts';
export type { TrustedIssuer, ValidatorOptions } from './options.ts';
export type { JwkSet } from './public-key.ts';
export type { ValidationError, ValidationErrorCode } from './validation-error.ts';
export { type ClaimsDenyReason, createValidator, type Validator } from './validator.ts';
