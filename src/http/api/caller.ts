/** Who asks the API: an account, through a token or its login, or a client for itself; roles are those of this moment, not of the token. */
import type { Account } from '../../accounts/account.ts';

export type ApiScope = 'policy:read' | 'policy:write' | 'people:read' | 'people:write';

export type Caller =
  | {
      readonly kind: 'account';
      readonly account: Account;
      /** Through which the account asks; null: with its login at this server. */
      readonly clientId: string | null;
      readonly scopes: ReadonlySet<string>;
      /** What its writes have to bring, for a login. */
      readonly csrfToken?: string;
    }
  | { readonly kind: 'client'; readonly clientId: string; readonly scopes: ReadonlySet<string> };

/** A login may do what the account's roles allow. */
export const sessionScopes: ReadonlySet<ApiScope> = new Set([
  'policy:read',
  'policy:write',
  'people:read',
  'people:write',
]);

export function mayUse(caller: Caller, scope: ApiScope): boolean {
  return caller.scopes.has(scope);
}
