/** The error that crosses layers: a code from a closed set, a message for the operator, and its cause. */
export type AppErrorCode =
  | 'config_invalid'
  | 'lake_invalid'
  | 'database_unavailable'
  | 'database_unsupported'
  | 'migration_failed'
  | 'already_running'
  | 'keys_missing'
  | 'keys_invalid'
  | 'signing_unavailable'
  | 'issuer_unavailable'
  | 'unsafe_in_production'
  | 'listen_failed'
  | 'policy_unavailable'
  | 'usage';

/** A fault that ends a command or a start with one clear line; never used for refusals, which are values. */
export class AppError extends Error {
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'AppError';
    this.code = code;
  }
}
