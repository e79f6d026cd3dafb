/** `/interaction/:uid`: where the protocol library sends a browser whose user has to log in or to consent, and the forms that come back. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { agreementPrompt } from '../../provider/interaction-policy.ts';
import { readForm } from '../form.ts';
import { errorPage } from '../pages/error-page.ts';
import { redirect } from '../redirect.ts';
import { showAgreement, submitAgreement } from './interaction/agreement.ts';
import { cancelConsent, showConsent, submitConsent } from './interaction/consent.ts';
import type { InteractionDeps } from './interaction/deps.ts';
import { type InteractionFacts, loadFacts } from './interaction/facts.ts';
import { goalOf, showLogin, submitLogin, unreachableAcr, upstreamHints } from './interaction/login.ts';
import { showPasskey, stepUp, submitPasskey } from './interaction/passkey.ts';
import { showUpstreamRefusal } from './upstream.ts';

/** A step answers the request itself (undefined) or ends the interaction with a result. */
type Step = (ctx: Context, facts: InteractionFacts, form: URLSearchParams) => Promise<InteractionResults | undefined>;

const cancelled: InteractionResults = { error: 'access_denied', error_description: 'the user refused' };

export function interactionRoutes(provider: Provider, deps: InteractionDeps): Middleware {
  const router = new Router();

  router.get('/interaction/:uid', async (ctx) => {
    const facts = await factsOf(ctx);
    if (facts === undefined) return expired(ctx);
    await finish(ctx, await show(ctx, facts));
  });

  /** Where a login arrives that had to pass other pages. */
  router.get('/interaction/:uid/signed-in', async (ctx) => {
    const uid = String(ctx.params.uid);
    if (!(await deps.journey.arrive(ctx, uid))) redirect(ctx, `${deps.pages.base}/interaction/${uid}`);
  });

  router.post(
    '/interaction/:uid/login',
    submit('login', (ctx, facts, form) => submitLogin(deps, ctx, facts, form)),
  );
  router.get('/interaction/:uid/passkey', async (ctx) => {
    const facts = await factsOf(ctx);
    if (facts === undefined) return expired(ctx);
    if (facts.prompt !== 'login') return redirect(ctx, `${deps.pages.base}/interaction/${facts.uid}`);
    await showPasskey(deps, ctx, facts);
  });
  router.get('/interaction/:uid/upstream/:name', async (ctx) => {
    const facts = await factsOf(ctx);
    if (facts === undefined) return expired(ctx);
    if (facts.prompt !== 'login') return redirect(ctx, `${deps.pages.base}/interaction/${facts.uid}`);
    const purpose = { kind: 'login', goal: goalOf(facts) } as const;
    const hints = upstreamHints(facts, ctx.query.again !== undefined);
    const begun = await deps.upstream.begin(ctx, String(ctx.params.name), purpose, hints);
    if (begun.ok) return;
    const back = `${deps.pages.base}/interaction/${facts.uid}?choose`;
    showUpstreamRefusal(deps.pages, ctx, begun.error, back);
  });
  router.post(
    '/interaction/:uid/passkey',
    submit('login', (ctx, facts, form) => submitPasskey(deps, ctx, facts, form)),
  );
  router.post(
    `/interaction/:uid/${agreementPrompt}`,
    submit(agreementPrompt, (ctx, facts, form) => submitAgreement(deps, ctx, facts, form)),
  );
  router.post(
    '/interaction/:uid/consent',
    submit('consent', (_ctx, facts, form) => submitConsent(provider, deps, facts, form)),
  );
  router.post(
    '/interaction/:uid/cancel',
    submit(null, async (_ctx, facts) => (facts.prompt === 'consent' ? cancelConsent(deps, facts) : cancelled)),
  );
  return router.routes() as unknown as Middleware;

  async function show(ctx: Context, facts: InteractionFacts): Promise<InteractionResults | undefined> {
    if (facts.prompt === agreementPrompt) return showAgreement(deps, ctx, facts);
    if (facts.prompt === 'consent') return showConsent(deps, ctx, facts);
    const unreachable = unreachableAcr(facts);
    if (unreachable !== undefined) return unreachable;
    if (!(await stepUp(deps, ctx, facts))) await showLogin(deps, ctx, facts);
    return undefined;
  }

  /** The checks before every form; one for a step that is not due now only shows the step that is. */
  function submit(prompt: string | null, step: Step): (ctx: Context) => Promise<void> {
    return async (ctx) => {
      const form = await readForm(ctx);
      if (!form.ok) return errorPage(deps.pages, ctx, form.error, { code: 'invalid_request', description: null });
      const facts = await factsOf(ctx);
      if (facts === undefined) return expired(ctx);
      if (!deps.csrf.accepts(ctx, facts.uid, form.value.get('csrf'))) return crossSite(ctx);
      if (prompt !== null && prompt !== facts.prompt)
        return redirect(ctx, `${deps.pages.base}/interaction/${facts.uid}`);
      await finish(ctx, await step(ctx, facts, form.value));
    };
  }

  function factsOf(ctx: Context): Promise<InteractionFacts | undefined> {
    return loadFacts(provider, deps, ctx, String(ctx.params.uid));
  }

  async function finish(ctx: Context, result: InteractionResults | undefined): Promise<void> {
    if (result === undefined) return;
    // A consent belongs to the login before it; a login or an error starts afresh.
    const mergeWithLastSubmission = 'consent' in result;
    redirect(ctx, await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission }));
  }

  function expired(ctx: Context): void {
    errorPage(deps.pages, ctx, 400, { code: 'invalid_request', description: null, kind: 'SessionNotFound' });
  }

  function crossSite(ctx: Context): void {
    errorPage(deps.pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
  }
}
