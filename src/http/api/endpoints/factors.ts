/** Second factors of accounts over HTTP. */
import { checkReach } from '../../../accounts/account-permissions.ts';
import type { AccountAdministration } from '../../../accounts/administration.ts';
import type { Factors } from '../../../authentication/factors.ts';
import type { Security } from '../../../authentication/security.ts';
import { isoInstant } from '../../../policy/explain.ts';
import { err, ok } from '../../../shared/result.ts';
import { peopleActorOf } from '../actor.ts';
import type { factorContract } from '../contract/factors.ts';
import type { HandlersOf } from '../declaration.ts';
import { peopleAnswered, peopleProblem } from '../people-problem.ts';

export interface FactorHandlerDeps {
  readonly people: {
    readonly accounts: AccountAdministration;
    readonly security: Pick<Security, 'factors'>;
  };
}

export function factorHandlers({ people }: FactorHandlerDeps): HandlersOf<typeof factorContract> {
  const { factors } = people.security;
  return {
    getFactors: async ({ caller, address, params }) => {
      // Who may see the account may see this of it.
      const account = await peopleAnswered(people.accounts.get(peopleActorOf(caller, address), params.id));
      return account.ok ? ok({ body: factorsBody(await factors.read(account.value.id)) }) : account;
    },
    removeFactors: async ({ caller, address, params, query }) => {
      const actor = peopleActorOf(caller, address);
      const account = await peopleAnswered(people.accounts.get(actor, params.id));
      if (!account.ok) return account;
      // Who has the password of an administrator must not need a script only to do without the second factor.
      const reach = checkReach(actor, account.value);
      if (!reach.ok) return err(peopleProblem(reach.error));
      const removed = await peopleAnswered(factors.removeAll({ actor, reason: query.reason ?? null }, params.id));
      return removed.ok ? ok({ body: factorsBody(await factors.read(params.id)) }) : removed;
    },
  };
}

function factorsBody({ passkeys, oneTimeCode, recoveryCodesLeft }: Factors) {
  return {
    passkeys: passkeys.map(({ name, synced, ...times }) => ({ name, synced, ...timesBody(times) })),
    oneTimeCode: oneTimeCode && timesBody(oneTimeCode),
    recoveryCodesLeft,
  };
}

function timesBody({ createdAt, lastUsedAt }: { readonly createdAt: number; readonly lastUsedAt: number | null }) {
  return { createdAt: isoInstant(createdAt), lastUsedAt: lastUsedAt === null ? null : isoInstant(lastUsedAt) };
}
