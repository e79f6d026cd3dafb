/** `/login/second-factor`: the step of a login that proves a second factor, or sets one up right after the first proof. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import { type Account, isUsable } from '../../accounts/account.ts';
import type { ChangeContext } from '../../accounts/actor.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { PendingLogin } from '../../authentication/authentication.ts';
import { hasFactor } from '../../authentication/factors.ts';
import { isMultiFactor } from '../../authentication/requirement.ts';
import type { SecondFactors } from '../../authentication/second-factors.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Csrf } from '../csrf.ts';
import { readForm } from '../form.ts';
import { codeField, oneTimeCodeForm, passkeyAnswer, passkeyForm, passkeyNameField } from '../login/factor-forms.ts';
import type { LoginJourney } from '../login/journey.ts';
import { pagePath } from '../login/page-path.ts';
import { freshMilliseconds, type StepUpDeps, stepUpFrom, withSecondFactor } from '../login/second-factor-step.ts';
import { errorPage } from '../pages/error-page.ts';
import type { Pages } from '../pages/render.ts';
import { formTargetsOf } from '../pages/security-headers.ts';
import { texts } from '../pages/texts.ts';
import { redirect } from '../redirect.ts';

const t = texts.authentication;

const path = '/login/second-factor';

/** Setting up may begin a while after the password, and take as long again. */
const setUpMilliseconds = 2 * freshMilliseconds;

export interface SecondFactorPageDeps {
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly journey: LoginJourney;
  readonly sessions: BrowserSessions;
  readonly accounts: AccountStore;
  readonly factors: SecondFactors;
  readonly proved: StepUpDeps['proved'];
  readonly clock: Clock;
}

/** A login that waits here, and whose it is. */
interface Waiting {
  readonly pending: PendingLogin;
  readonly account: Account;
  /** Of this login in this browser. */
  readonly mark: string;
  readonly context: ChangeContext;
}

interface Refused {
  readonly error: string;
  readonly status: number;
  /** Of one-time codes that are being set up. */
  readonly ticket?: string;
}

export function secondFactorRoutes(deps: SecondFactorPageDeps): Middleware {
  const { pages, csrf, journey, factors, clock } = deps;
  const router = new Router();

  router.get(path, async (ctx) => {
    const waiting = await find(ctx);
    if (waiting !== undefined) return show(ctx, waiting);
    // Whoever is signed in goes on from there; everybody else begins at the beginning.
    const to = pagePath(ctx.query.to);
    const goal = { kind: 'page', path: to, acrValues: [] } as const;
    const pending = await stepUpFrom(ctx, goal, deps);
    if (pending === undefined) return redirect(ctx, `${pages.base}/login?to=${encodeURIComponent(to)}`);
    await journey.proceed(ctx, pending);
  });

  router.post(
    `${path}/code`,
    step(async (ctx, waiting, form) => {
      const checked = await factors.checkCode(waiting.account.id, form.get('code') ?? '');
      if (checked.ok) return pass(ctx, waiting, ['otp']);
      if (checked.error.kind === 'wrong') return show(ctx, waiting, { error: t.codeWrong, status: 422 });
      const { seconds } = checked.error;
      ctx.set('Retry-After', String(seconds));
      await show(ctx, waiting, { error: t.secondDelayed(seconds), status: 429 });
    }),
  );

  router.post(
    `${path}/passkey`,
    step(async (ctx, waiting, form) => {
      const checked = await factors.checkPasskey(waiting.account.id, waiting.mark, passkeyAnswer(form));
      if (checked.ok) return pass(ctx, waiting, checked.value.amr);
      await show(ctx, waiting, { error: t.passkeyRefused, status: 422 });
    }),
  );

  router.post(
    `${path}/set-up-code`,
    setUp(async (ctx, waiting, form) => {
      const proof = { ticket: form.get('ticket') ?? '', code: form.get('code') ?? '' };
      const { context, account, mark } = waiting;
      const confirmed = await factors.confirmOneTimeCode(context, account, mark, proof);
      if (confirmed.ok) return settled(ctx, waiting, ['otp'], confirmed.value.recoveryCodes);
      const error = confirmed.error === 'wrong' ? t.codeWrong : t.codeExpired;
      await show(ctx, waiting, { error, status: 422, ticket: proof.ticket });
    }),
  );

  router.post(
    `${path}/set-up-passkey`,
    setUp(async (ctx, waiting, form) => {
      const answer = { ...passkeyAnswer(form), name: form.get('name') ?? '' };
      const added = await factors.addPasskey(waiting.context, waiting.account, waiting.mark, answer);
      // To make it was a proof of having it.
      if (added.ok) return settled(ctx, waiting, ['hwk', 'user'], added.value.recoveryCodes);
      await show(ctx, waiting, { error: t.passkeyNotAdded, status: 422 });
    }),
  );

  router.post(
    `${path}/continue`,
    step((ctx, { pending }) => journey.proceed(ctx, pending)),
  );
  return router.routes() as unknown as Middleware;

  async function find(ctx: Context): Promise<Waiting | undefined> {
    const pending = await journey.pending(ctx);
    const mark = journey.mark(ctx);
    const account = pending && (await deps.accounts.findById(pending.authentication.accountId));
    if (pending === undefined || mark === undefined || account === undefined) return undefined;
    if (!isUsable(account, clock.now())) return undefined;
    const { id, username, roles } = account;
    const address = ctx.state.address ?? null;
    const actor = { kind: 'user', id, username, roles, mayWrite: true, address } as const;
    return { pending, account, mark, context: { actor, reason: null } };
  }

  function step(handle: (ctx: Context, waiting: Waiting, form: URLSearchParams) => Promise<void>) {
    return async (ctx: Context): Promise<void> => {
      const form = await readForm(ctx);
      if (!form.ok) return errorPage(pages, ctx, form.error, { code: 'invalid_request', description: null });
      const waiting = await find(ctx);
      if (waiting === undefined) {
        return errorPage(pages, ctx, 400, { code: 'invalid_request', description: null, kind: 'SessionNotFound' });
      }
      if (!csrf.accepts(ctx, binding(waiting), form.value.get('csrf'))) {
        return errorPage(pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
      }
      await handle(ctx, waiting, form.value);
    };
  }

  /** Who has a factor proves that one: another cannot be put beside it with a password alone. */
  function setUp(handle: (ctx: Context, waiting: Waiting, form: URLSearchParams) => Promise<void>) {
    return step(async (ctx, waiting, form) => {
      const has = await factors.hasFactor(waiting.account.id);
      if (has || isLate(waiting)) return show(ctx, waiting);
      await handle(ctx, waiting, form);
    });
  }

  function isLate({ pending }: Waiting): boolean {
    return clock.now() - pending.authentication.at > setUpMilliseconds;
  }

  async function show(ctx: Context, waiting: Waiting, refused?: Refused): Promise<void> {
    const { pending, account, mark } = waiting;
    // What was proved meanwhile, in another window, is enough.
    if (isMultiFactor(pending.authentication)) return journey.proceed(ctx, pending);
    const present = await factors.read(account.id);
    if (!hasFactor(present)) return showSetUp(ctx, waiting, refused);
    const question = present.passkeys.length > 0 ? await factors.askPasskey(account.id, mark) : null;
    const field = codeField({ label: t.secondField, hint: t.secondHint, error: null });
    const isCode = present.oneTimeCode !== null || present.recoveryCodesLeft > 0;
    const model = {
      csrf: csrf.token(binding(waiting)),
      error: refused?.error ?? null,
      username: account.username,
      passkey:
        question &&
        passkeyForm(question, { action: `${pages.base}${path}/passkey`, kind: 'get', submit: t.passkeyUse }),
      code: isCode ? { action: `${pages.base}${path}/code`, field } : null,
      restart: startOf(pending),
    };
    pages.render(ctx, 'second-factor', model, {
      ...policyOf(pending, question !== null),
      status: refused?.status ?? 200,
      heading: t.secondTitle,
    });
  }

  async function showSetUp(ctx: Context, waiting: Waiting, refused?: Refused): Promise<void> {
    const { pending, account, mark } = waiting;
    if (isLate(waiting)) return redirect(ctx, startOf(pending));
    const known = refused?.ticket === undefined ? undefined : await factors.findOffer(account, mark, refused.ticket);
    const offer = known ?? (await factors.offerOneTimeCode(account, mark));
    const passkey = passkeyForm(await factors.offerPasskey(account, mark), {
      action: `${pages.base}${path}/set-up-passkey`,
      kind: 'create',
      submit: t.passkeyMake,
      field: passkeyNameField(),
    });
    const model = {
      csrf: csrf.token(binding(waiting)),
      error: refused?.error ?? null,
      passkey,
      offer: await oneTimeCodeForm(offer, `${pages.base}${path}/set-up-code`, null),
    };
    pages.render(ctx, 'second-factor-setup', model, {
      ...policyOf(pending, true),
      status: refused?.status ?? 200,
      heading: t.setupTitle,
    });
  }

  function pass(ctx: Context, { pending }: Waiting, methods: readonly string[]): Promise<void> {
    return journey.proceed(ctx, withSecondFactor(pending, methods));
  }

  /** Recovery codes are shown before the login goes on. */
  async function settled(
    ctx: Context,
    waiting: Waiting,
    methods: readonly string[],
    recoveryCodes: readonly string[] | null,
  ): Promise<void> {
    if (recoveryCodes === null) return pass(ctx, waiting, methods);
    const pending = withSecondFactor(waiting.pending, methods);
    await journey.hold(ctx, pending);
    const mark = journey.mark(ctx) ?? '';
    const model = { csrf: csrf.token(binding({ mark })), action: `${pages.base}${path}/continue`, recoveryCodes };
    pages.render(ctx, 'recovery-codes', model, { ...policyOf(pending, false), heading: t.recoveryTitle });
  }

  /** Where the login begins again, with another account or another password. */
  function startOf({ goal }: PendingLogin): string {
    return goal.kind === 'interaction'
      ? `${pages.base}/interaction/${goal.uid}?again=1`
      : `${pages.base}/login?again=1&to=${encodeURIComponent(goal.path)}`;
  }
}

function policyOf({ goal }: PendingLogin, script: boolean) {
  return { script, formTargets: goal.kind === 'interaction' ? formTargetsOf(goal.redirectUri) : [] };
}

function binding({ mark }: Pick<Waiting, 'mark'>): string {
  return `second factor ${mark}`;
}
