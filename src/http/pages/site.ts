/** Everything with a page: what `app.ts` needs of it in one place. */
import { fileURLToPath } from 'node:url';
import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import type { Logger } from 'pino';
import { isUsable } from '../../accounts/account.ts';
import { createAuthenticate } from '../../accounts/login.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { ConsentStore } from '../../clients/consent.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { type BrowserSessions, createBrowserSessions } from '../../provider/browser-session.ts';
import { createLoadExistingGrant } from '../../provider/consent-grant.ts';
import { createSessionEnd } from '../../provider/ended-session.ts';
import type { ProviderPages } from '../../provider/pages.ts';
import type { Clock } from '../../shared/clock.ts';
import { createCsrf } from '../csrf.ts';
import { createBrowserBinding } from '../login/browser-binding.ts';
import { createBrowserLogin } from '../login/browser-login.ts';
import { createLoginJourney } from '../login/journey.ts';
import { createKnownBrowsers } from '../login/known-browser.ts';
import { secondFactorStep } from '../login/second-factor-step.ts';
import { createUpstreamLogin } from '../login/upstream.ts';
import { createUpstreamLogouts } from '../login/upstream-logout.ts';
import type { People } from '../people.ts';
import { areaRoutes } from '../routes/areas.ts';
import { showHome } from '../routes/home.ts';
import { interactionRoutes } from '../routes/interaction.ts';
import { loginRoute } from '../routes/login.ts';
import { secondFactorRoutes } from '../routes/second-factor.ts';
import { upstreamRoutes } from '../routes/upstream.ts';
import { sequence } from '../sequence.ts';
import type { Desk } from './desk.ts';
import { answerProblem, errorPages, isForBrowsers } from './error-page.ts';
import { libraryForms } from './library-forms.ts';
import { createMemberPages } from './member.ts';
import { createProviderPages } from './provider-pages.ts';
import { createPages } from './render.ts';

export interface SiteDeps {
  readonly issuer: string;
  readonly cookieSecrets: readonly string[];
  readonly accounts: AccountStore;
  readonly people: People;
  readonly desk: Desk;
  readonly consents: ConsentStore;
  readonly artifacts: Pick<ArtifactStore, 'insert'>;
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
  /** To stand before every other route: a refusal on the way to a page is a page too. */
  readonly errorPages: Middleware;
  /** A fault of ours, status 500: a page for browsers, JSON `server_error` with the request id for others. */
  readonly faultPage: (ctx: Context, requestId: string) => void;
}

/** Below the checkout, and below the built package just as well. */
const viewsDir = fileURLToPath(new URL('../../../views', import.meta.url));

export function createSite(deps: SiteDeps): Site {
  const { issuer, accounts, clock } = deps;
  const pages = createPages({ viewsDir, issuer });
  const csrf = createCsrf({ secrets: deps.cookieSecrets, issuer });
  const { attempts, passwords, factors, gate } = deps.people.security;
  const secure = issuer.startsWith('https:');
  const known = createKnownBrowsers({ secrets: deps.cookieSecrets, clock, secure });
  const binding = createBrowserBinding({ secure });
  const logouts = createUpstreamLogouts({ ...deps, binding });
  const authenticate = createBrowserLogin(createAuthenticate({ accounts, passwords, attempts, clock }), known);
  const shared = {
    ...deps,
    pages,
    csrf,
    authenticate,
    factors,
    proved: deps.people.proved,
    preview: deps.issuance.preview,
  };

  return {
    providerPages: createProviderPages(pages, logouts),
    loadExistingGrant: createLoadExistingGrant(shared),
    routes: (provider) => {
      const sessions = createBrowserSessions(provider, { secure });
      const { tickets, managedBy, onLogin } = deps.people;
      const addressOf = (ctx: Context) => ctx.state.address ?? null;
      const journey = createLoginJourney({
        provider,
        sessions,
        tickets,
        clock,
        base: pages.base,
        secure,
        steps: [secondFactorStep(gate)],
        onLogin,
        known,
      });
      const member = createMemberPages({ pages, sessions, accounts, csrf, clock, managedBy, addressOf, gate });
      const upstream = createUpstreamLogin({ ...shared, base: pages.base, sessions, journey, binding, secure });
      const { upstreams } = deps.people;
      const area = { ...shared, provider, secure, sessions, journey, member, upstream };
      const home = { pages, issuer, signedInAs: (ctx: Context) => usernameOf(ctx, sessions) };
      return sequence(
        pages.assets.middleware,
        async (ctx, next) => (ctx.path === '/' && ctx.method === 'GET' ? showHome(home, ctx) : next()),
        nameless,
        loginRoute({ ...shared, journey, secure, upstream, upstreams }),
        upstreamRoutes({
          pages,
          upstream,
          logouts,
          browserSessions: sessions,
          accountSessions: deps.desk.sessionsWith(createSessionEnd(provider)),
        }),
        secondFactorRoutes({ ...shared, journey, sessions }),
        ...areaRoutes(area),
        interactionRoutes(provider, { ...shared, journey, sessions, upstream, upstreams }),
        notFound,
        libraryForms(pages),
      );
    },
    errorPages: errorPages(pages),
    faultPage: (ctx) => answerProblem(pages, ctx, 500, { code: 'server_error', description: null }),
  };

  async function usernameOf(ctx: Context, sessions: BrowserSessions): Promise<string | null> {
    const id = await sessions.accountId(ctx);
    const account = id === undefined ? undefined : await accounts.findById(id);
    return account && isUsable(account, clock.now()) ? account.username : null;
  }

  /** Nothing has a name with a NUL, and no database takes one to look for it. */
  async function nameless(ctx: Context, next: () => Promise<unknown>): Promise<void> {
    if (!(isForBrowsers(ctx) && ctx.path.includes('%00'))) return void (await next());
    answerProblem(pages, ctx, 404, { code: 'not_found', description: null });
  }

  async function notFound(ctx: Context, next: () => Promise<unknown>): Promise<void> {
    await next();
    if (ctx.status === 404 && ctx.body === undefined) {
      answerProblem(pages, ctx, 404, { code: 'not_found', description: null });
    }
  }
}
