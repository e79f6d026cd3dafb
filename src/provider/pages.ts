/** The pages that the protocol library asks for in the middle of its own routes; rendered by `http/pages`. */

import type Provider from 'oidc-provider';
import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';

type Page<A extends unknown[] = []> = (ctx: KoaContextWithOIDC, ...rest: A) => Promise<void>;

export interface ProviderPages {
  /** `form` is the library's HTML with its hidden fields; `out` and `error` tell what was wrong with the last try. */
  readonly deviceInput: Page<[form: string, out?: unknown, error?: unknown]>;
  readonly deviceConfirm: Page<
    [form: string, client: InstanceType<Provider['Client']>, deviceInfo: Record<string, unknown>, code: string]
  >;
  readonly deviceSuccess: Page;
  readonly logout: Page<[form: string]>;
  readonly loggedOut: Page;
  readonly error: Page<[out: ErrorOut, error: Error]>;
}
