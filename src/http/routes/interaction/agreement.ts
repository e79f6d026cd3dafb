/** The step between login and consent at which a user agrees to the acceptable use policy: nobody gets a new token without it. */
import type { Context } from 'koa';
import type { InteractionResults } from 'oidc-provider';
import { type Account, isUsable } from '../../../accounts/account.ts';
import { textDigest } from '../../../enrolment/create-acceptable-use.ts';
import { agreementPrompt } from '../../../provider/interaction-policy.ts';
import { policyText } from '../../pages/policy-text.ts';
import { formTargetsOf } from '../../pages/security-headers.ts';
import { texts } from '../../pages/texts.ts';
import type { InteractionDeps } from './deps.ts';
import type { InteractionFacts } from './facts.ts';

const accountInactive: InteractionResults = { error: 'access_denied', error_description: 'account is not active' };

/** A result at once when there is nothing to agree to any more, or nobody who could. */
export async function showAgreement(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  state?: { readonly error: string; readonly status: number },
): Promise<InteractionResults | undefined> {
  const account = await activeAccount(deps, facts);
  if (account === undefined) return accountInactive;
  const { present } = await deps.people.acceptableUse.standingOf(account.id);
  if (present === null) return passed(null);
  const policy = policyText(present);
  const base = `${deps.pages.base}/interaction/${facts.uid}`;
  const model = {
    action: `${base}/${agreementPrompt}`,
    cancelAction: `${base}/cancel`,
    csrf: deps.csrf.token(facts.uid),
    clientName: facts.clientName,
    policy,
    error: state?.error ?? null,
  };
  const formTargets = formTargetsOf(facts.redirectUri);
  deps.pages.render(ctx, 'enrolment/agreement', model, {
    status: state?.status ?? 200,
    heading: policy.title,
    formTargets,
  });
  return undefined;
}

export async function submitAgreement(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  form: URLSearchParams,
): Promise<InteractionResults | undefined> {
  const account = await activeAccount(deps, facts);
  if (account === undefined) return accountInactive;
  const { present } = await deps.people.acceptableUse.standingOf(account.id);
  if (present === null) return passed(null);
  const isShown = form.get('version') === present.name && form.get('digest') === textDigest(present);
  if (!isShown) return showAgreement(deps, ctx, facts, { error: texts.agreement.changed, status: 409 });
  const { id, username, roles } = account;
  const actor = { kind: 'user', id, username, roles, mayWrite: true, address: ctx.state.address ?? null } as const;
  const signed = await deps.people.acceptableUse.sign({ actor, reason: null }, id, present.name);
  if (!signed.ok) return showAgreement(deps, ctx, facts, { error: texts.agreement.changed, status: 409 });
  return passed(present.name);
}

/** The prompt itself looks again whether it is due. */
function passed(version: string | null): InteractionResults {
  return { [agreementPrompt]: { version } };
}

async function activeAccount(deps: InteractionDeps, facts: InteractionFacts): Promise<Account | undefined> {
  const account = facts.accountId === undefined ? undefined : await deps.accounts.findById(facts.accountId);
  return account && isUsable(account, deps.clock.now()) ? account : undefined;
}
