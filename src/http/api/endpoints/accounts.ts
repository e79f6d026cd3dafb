/** Accounts over HTTP: the use cases of src/accounts/administration.ts behind the contract. */
import { createHash } from 'node:crypto';
import type { ChangeContext } from '../../../accounts/actor.ts';
import type { AccountAdministration, AccountDetails, AccountExpectation } from '../../../accounts/administration.ts';
import { ok } from '../../../shared/result.ts';
import { peopleActorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import type { accountContract } from '../contract/accounts.ts';
import type { HandlersOf } from '../declaration.ts';
import { peopleAnswered, peopleChanged } from '../people-problem.ts';
import { accountBody, accountSummaryBody } from '../represent-people.ts';
import { type ExpectedTag, expectedDigest } from '../version-tag.ts';
import { pageBody, readPage } from './common.ts';

export interface AccountHandlerDeps {
  readonly people: { readonly accounts: AccountAdministration };
}

interface Asked {
  readonly caller: Caller;
  readonly address: string | null;
}

export function accountHandlers({ people: { accounts } }: AccountHandlerDeps): HandlersOf<typeof accountContract> {
  return {
    listAccounts: async (request) => {
      const { limit, cursor, username, ownerless, ...filter } = request.query;
      const actor = actorOf(request);
      if (username !== undefined) return one(await accounts.findByUsername(actor, username));
      const page = readPage('accounts', { limit, cursor });
      if (!page.ok) return page;
      const asked = { ...filter, ...(ownerless && { ownerless: true }) };
      const list = await peopleAnswered(accounts.list(actor, asked, page.value));
      return list.ok ? ok({ body: pageBody('accounts', list.value, accountSummaryBody) }) : list;
    },

    createAccount: async (request) => {
      const { reason = null, ...fields } = request.body;
      const created = await peopleAnswered(accounts.create(contextOf(request, reason), fields));
      if (!created.ok) return created;
      return ok({ ...shown(created.value), location: `/accounts/${encodeURIComponent(created.value.id)}` });
    },

    getAccount: async (request) => {
      const found = await peopleAnswered(accounts.get(actorOf(request), request.params.id));
      return found.ok ? ok(shown(found.value)) : found;
    },

    changeAccount: async (request) => {
      const { reason = null, ...fields } = request.body;
      const context = contextOf(request, reason);
      const changed = await peopleChanged(
        accounts.change(context, request.params.id, fields, expectation(request.expected)),
      );
      return changed.ok ? ok(shown(changed.value)) : changed;
    },

    removeAccount: async (request) => {
      const { id } = request.params;
      const context = contextOf(request, request.query.reason ?? null);
      const removed = await peopleChanged(accounts.remove(context, id, expectation(request.expected)));
      return removed.ok ? ok({ body: { removed: id } }) : removed;
    },

    suspendAccount: async (request) => {
      const context = contextOf(request, request.body.reason);
      const changed = await peopleAnswered(accounts.suspend(context, request.params.id));
      return changed.ok ? ok(shown(changed.value)) : changed;
    },

    restoreAccount: async (request) => {
      const context = contextOf(request, request.body.reason);
      const changed = await peopleAnswered(accounts.restore(context, request.params.id));
      return changed.ok ? ok(shown(changed.value)) : changed;
    },

    mergeAccounts: async (request) => {
      const { duplicate, reason } = request.body;
      const merged = await peopleAnswered(accounts.merge(contextOf(request, reason), request.params.id, duplicate));
      return merged.ok ? ok(shown(merged.value)) : merged;
    },

    exportAccount: async (request) => {
      const exported = await peopleAnswered(accounts.export(actorOf(request), request.params.id));
      return exported.ok ? ok({ body: exported.value }) : exported;
    },

    setAccountOwners: async (request) => {
      const { owners, reason = null } = request.body;
      const changed = await peopleAnswered(accounts.setOwners(contextOf(request, reason), request.params.id, owners));
      return changed.ok ? ok(shown(changed.value)) : changed;
    },
  };

  /** A list of the one account, or of none: whether there is one is not told to who may not see it. */
  function one(found: Awaited<ReturnType<AccountAdministration['findByUsername']>>) {
    return ok({ body: { items: found.ok ? [accountSummaryBody(found.value)] : [], next: null } });
  }
}

function actorOf({ caller, address }: Asked) {
  return peopleActorOf(caller, address);
}

function contextOf(request: Asked, reason: string | null): ChangeContext {
  return { actor: actorOf(request), reason };
}

function shown(account: AccountDetails) {
  return { body: accountBody(account), version: versionOf(account) };
}

/** Of all that is answered but the time of the last login, which is no change. */
function versionOf(account: AccountDetails): string {
  const { lastLoginAt: _login, ...body } = accountBody(account);
  return createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27);
}

function expectation(expected: ExpectedTag): AccountExpectation | undefined {
  const digest = expectedDigest(expected);
  return digest === undefined ? undefined : (present) => versionOf(present) === digest;
}
