/** Everything with a page: what `app.ts` needs of it in one place. */
import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import type { Logger } from 'pino';
import type { AccountStore } from '../../accounts/store.ts';
import type { ConsentStore } from '../../clients/consent.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import type { ProviderPages } from '../../provider/pages.ts';
import type { Clock } from '../../shared/clock.ts';

export interface SiteDeps {
  readonly issuer: string;
  readonly cookieSecrets: readonly string[];
  readonly accounts: AccountStore;
  readonly consents: ConsentStore;
  /** `issuance.preview(request)` is the decision that a consent page shows. */
  readonly issuance: Issuance;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Site {
  /** Pages inside the protocol library's own routes (src/provider/pages.ts). */
  readonly providerPages: ProviderPages;
  /** A remembered consent becomes a grant without asking again. */
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  /** Home, assets, `/interaction/:uid…`; calls `next` for everything else, and answers 404 as a page or JSON where nothing else did. */
  readonly routes: (provider: Provider) => Middleware;
  /** A fault of ours, status 500: a page for browsers, JSON `server_error` with the request id for others. */
  readonly faultPage: (ctx: Context, requestId: string) => void;
}

export function createSite(_deps: SiteDeps): Site {
  throw new Error('not built yet');
}
