/** The step of a login that proves a second factor, and the login that a session of this browser can go on with instead of a new one (step-up). */
import type { Context } from 'koa';
import { isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { Authentication, LoginGoal, PendingLogin } from '../../authentication/authentication.ts';
import type { SecondFactorGate } from '../../authentication/gate.ts';
import type { LoginPurpose } from '../../authentication/requirement.ts';
import type { SecondFactors } from '../../authentication/second-factors.ts';
import type { AuthenticationStore } from '../../federation/upstream-sessions.ts';
import type { BrowserSessions, PresentLogin } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import { multiFactorAcr, singleFactorAcr } from '../../tokens/profile.ts';
import type { LoginStep } from './journey.ts';

const minute = 60_000;

/** Who signed in no longer ago may change how the account is signed in to. */
export const freshMilliseconds = 15 * minute;

/** Within so long after the password a second factor alone is asked for (NIST SP 800-63B, reauthentication at AAL2). */
const stepUpMilliseconds = 12 * 60 * minute;

export function secondFactorStep(gate: SecondFactorGate): LoginStep {
  return {
    name: 'second-factor',
    isDue: ({ authentication, goal }) => gate.isDueAtLogin(authentication, purposeOf(goal)),
    isLacking: ({ authentication, goal }) => gate.isDueInSession(authentication, purposeOf(goal)),
  };
}

function purposeOf(goal: LoginGoal): LoginPurpose {
  if (goal.kind === 'interaction') return goal;
  return { clientId: null, scopes: [], acrValues: goal.acrValues, acrEssential: goal.acrValues.length > 0 };
}

export interface StepUpDeps {
  readonly sessions: BrowserSessions;
  readonly accounts: AccountStore;
  readonly factors: Pick<SecondFactors, 'hasFactor'>;
  /** What a login of the account proved, by its second since the epoch. */
  readonly proved: AuthenticationStore['find'];
  readonly clock: Clock;
}

/** What a session's login was, for a login that goes on from it. Of a login that is not remembered nothing more is said than the session knows. */
async function sessionAuthentication(
  { accountId, acr, amr, at }: PresentLogin,
  proved: StepUpDeps['proved'],
): Promise<Authentication> {
  const { assurance = [], upstream = null } = (await proved(accountId, Math.floor(at / 1000))) ?? {};
  return { accountId, acr: acr ?? singleFactorAcr, amr, assurance, upstream, at };
}

/** The login of this browser's session, when a second factor is all that it takes: set up, or to be set up right after a sign-in. */
export async function stepUpFrom(
  ctx: Context,
  goal: LoginGoal,
  { sessions, accounts, factors, proved, clock }: StepUpDeps,
): Promise<PendingLogin | undefined> {
  const login = await sessions.login(ctx);
  if (login === undefined) return undefined;
  const age = clock.now() - login.at;
  const account = await accounts.findById(login.accountId);
  if (account === undefined || !isUsable(account, clock.now())) return undefined;
  const limit = (await factors.hasFactor(account.id)) ? stepUpMilliseconds : freshMilliseconds;
  return age <= limit ? { authentication: await sessionAuthentication(login, proved), goal } : undefined;
}

/** What more was proved. The time stays that of the first proof: so the login is remembered as one, and who asks for a fresh one gets both anew. */
export function withSecondFactor(pending: PendingLogin, methods: readonly string[]): PendingLogin {
  const { authentication, goal } = pending;
  const amr = [...new Set([...authentication.amr, ...methods, 'mfa'])];
  return { goal, authentication: { ...authentication, acr: multiFactorAcr, amr } };
}
