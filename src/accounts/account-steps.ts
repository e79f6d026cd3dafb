/** The writes of accounts step by step, each within the transaction of its session: what may not be is refused before anything is written. */
import { ok } from '../shared/result.ts';
import { describeChange, realChange } from './account-change.ts';
import { checkAccountFields } from './account-fields.ts';
import { checkReach, findForbiddenField, owns } from './account-permissions.ts';
import { type ChangeContext, isPeopleAdmin } from './actor.ts';
import type { AccountChange, AccountDetails } from './administration.ts';
import type { AccountSession } from './administration-store.ts';
import { type PeopleAnswer, refused } from './refusal.ts';

/** One write: whose, on what, when (milliseconds since the epoch). */
export interface Step {
  readonly session: AccountSession;
  readonly context: ChangeContext;
  /** As it is now, locked. */
  readonly account: AccountDetails;
  readonly now: number;
}

export async function changeAccount(step: Step, change: AccountChange): Promise<PeopleAnswer<null>> {
  const { session, account, now } = step;
  const checked = checkAccountFields(change);
  if (!checked.ok) return checked;
  const real = realChange(account, checked.value);
  const isAllowed = await checkChange(step, real);
  if (!isAllowed.ok) return isAllowed;
  if (Object.keys(real).length === 0) return ok(null);
  await session.update(account.id, real, now);
  if (real.endsAt != null && real.endsAt <= now) await session.takeBack(account.id, now);
  await session.audit('account.changed', account.id, describeChange(account, real));
  return ok(null);
}

async function checkChange({ session, context, account, now }: Step, real: AccountChange): Promise<PeopleAnswer<null>> {
  const { actor } = context;
  if (!(isPeopleAdmin(actor) || (actor.mayWrite && owns(actor, account)))) return forAdmins();
  const reach = Object.keys(real).length === 0 ? ok(null) : checkReach(actor, account);
  if (!reach.ok) return reach;
  const forbidden = findForbiddenField(actor, account, real);
  if (forbidden !== undefined) return refused('not-allowed', `not allowed to change \`${forbidden}\``, forbidden);
  if (real.username !== undefined && (await session.isNamedInRules(account.username))) {
    return refused('in-use', 'grants or embargoes name the account, expected them to be changed first', 'username');
  }
  return losesAdmin(real, now) ? keepAdmin(session, account, now) : ok(null);
}

export async function suspendAccount({ session, context, account, now }: Step): Promise<PeopleAnswer<null>> {
  const reach = checkReach(context.actor, account);
  if (!reach.ok) return reach;
  if (account.state === 'suspended') return refused('conflict', 'the account is suspended already');
  const kept = await keepAdmin(session, account, now);
  if (!kept.ok) return kept;
  await session.setState(account.id, { state: 'suspended', suspendedAt: now, suspendedBecause: context.reason });
  await session.audit('account.suspended', account.id, { ...(await session.takeBack(account.id, now)) });
  return ok(null);
}

export async function restoreAccount({ session, context, account, now }: Step): Promise<PeopleAnswer<null>> {
  const reach = checkReach(context.actor, account);
  if (!reach.ok) return reach;
  if (account.state === 'active') return refused('conflict', 'the account is active already');
  await session.setState(account.id, { state: 'active', suspendedAt: null, suspendedBecause: null });
  // What was decided while another process suspended it must not come back to life.
  await session.denyTokens(account.id, now);
  await session.audit('account.restored', account.id, {});
  return ok(null);
}

export async function removeAccount({ session, context, account, now }: Step): Promise<PeopleAnswer<null>> {
  const reach = checkReach(context.actor, account);
  if (!reach.ok) return reach;
  const kept = await keepAdmin(session, account, now);
  if (!kept.ok) return kept;
  const taken = await session.takeBack(account.id, now);
  await session.audit('account.removed', account.id, { ...taken });
  await session.erase(account);
  return ok(null);
}

export async function changeOwners(step: Step, usernames: readonly string[]): Promise<PeopleAnswer<null>> {
  const { session, context, account } = step;
  const { actor } = context;
  if (!(isPeopleAdmin(actor) || (actor.mayWrite && owns(actor, account)))) return forAdmins();
  const reach = checkReach(actor, account);
  if (!reach.ok) return reach;
  if (account.kind !== 'service') return refused('invalid', 'only service accounts have owners', 'owners');
  if (usernames.length === 0 && !isPeopleAdmin(actor)) {
    return refused('in-use', 'a service account keeps at least one owner', 'owners');
  }
  const put = await putOwners(session, account.id, usernames);
  if (!put.ok) return put;
  await session.audit('account.owners-changed', account.id, { owners: put.value });
  return ok(null);
}

/** The ids of the owners; a service account owns nothing. */
export async function putOwners(
  session: AccountSession,
  id: string,
  usernames: readonly string[],
): Promise<PeopleAnswer<readonly string[]>> {
  const ids = await session.idsOf(usernames);
  const missing = usernames.find((username) => !ids.has(username));
  if (missing !== undefined) return refused('invalid', `owner \`${missing}\` not known`, 'owners');
  const owners = [...new Set(ids.values())];
  if (owners.includes(id)) return refused('invalid', 'an account does not own itself', 'owners');
  await session.setOwners(id, owners);
  return ok(owners);
}

export async function mergeAccounts(step: Step, duplicateId: string): Promise<PeopleAnswer<null>> {
  const { session, account, now } = step;
  const other = duplicateId === account.id ? undefined : await session.find(duplicateId);
  if (other === undefined) return refused('not-found', 'expected the id of another account', 'duplicate');
  const isAllowed = await checkMerge(step, other);
  if (!isAllowed.ok) return isAllowed;
  const taken = await session.takeBack(other.id, now);
  const moved = await session.move(other.id, account.id);
  await session.audit('account.merged', account.id, { duplicate: other.id, moved, ...taken });
  await session.erase(other);
  return ok(null);
}

async function checkMerge(
  { session, context, account, now }: Step,
  other: AccountDetails,
): Promise<PeopleAnswer<null>> {
  for (const one of [account, other]) {
    const reach = checkReach(context.actor, one);
    if (!reach.ok) return reach;
  }
  if (account.kind !== other.kind) return refused('invalid', 'a person and a service account stay apart', 'duplicate');
  if (await session.isNamedInRules(other.username)) {
    return refused('in-use', 'grants or embargoes name the duplicate, expected them to be changed first', 'duplicate');
  }
  return keepAdmin(session, other, now);
}

/** Somebody has to be left who can let others in again. */
async function keepAdmin(session: AccountSession, account: AccountDetails, now: number): Promise<PeopleAnswer<null>> {
  const { roles, state, endsAt } = account;
  if (!roles.includes('admin') || state !== 'active' || (endsAt !== null && endsAt <= now)) return ok(null);
  return (await session.countOthersWith('admin', account.id, now)) > 0
    ? ok(null)
    : refused('in-use', 'this is the last active administrator, expected another one first');
}

function losesAdmin({ roles, endsAt }: AccountChange, now: number): boolean {
  return roles?.includes('admin') === false || (endsAt != null && endsAt <= now);
}

export const forAdmins = () => refused('not-allowed', 'accounts are changed by administrators');
