/** Accounts: names and ids given once, ids that never change (W-CLM-1), memberships of groups that exist. */
import type { LakeFault } from '../fault.ts';
import type { Entry, ParsedLake } from '../parse.ts';
import type { LakeAccount } from '../schema.ts';
import type { LakeState } from '../state.ts';
import { checkGroup, checkMemberships, checkUnique } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkAccounts({ accounts }: ParsedLake, known: KnownNames, state: LakeState): LakeFault[] {
  return [
    ...checkUnique('accounts', 'username', accounts, ({ username }) => username),
    ...checkUnique('accounts', 'id', accounts, ({ id }) => id),
    ...checkIds(accounts, known, state),
    ...accounts.flatMap(({ index, value }) => checkAccount(['accounts', index], value, known)),
  ];
}

function checkAccount(at: [string, number], account: LakeAccount, known: KnownNames): LakeFault[] {
  const faults = checkMemberships(at, account.groups, known);
  for (const [index, group] of (account.manages ?? []).entries()) {
    faults.push(...checkGroup([...at, 'manages', index], group, known));
  }
  if (account.password !== undefined && account.passwordHash !== undefined) {
    faults.push({ path: [...at, 'passwordHash'], message: 'expected `password` or `passwordHash`, not both' });
  }
  return faults;
}

/** `sub` is never reassigned, never shared, and is not that of a client, whose id is the `sub` of its own tokens. */
function checkIds(accounts: readonly Entry<LakeAccount>[], known: KnownNames, state: LakeState): LakeFault[] {
  const withId = accounts.filter(({ value }) => value.id !== undefined);
  if (withId.length === 0) return [];
  const idOf = new Map(state.accounts.map(({ record }) => [record.username, record.id]));
  const usernameOf = new Map(state.accounts.map(({ record }) => [record.id, record.username]));
  const saidId = new Map(accounts.map(({ value }) => [value.username, value.id]));
  const ids = new Set(withId.map(({ value }) => value.id));
  return withId.flatMap(({ index, value: { id = '', username } }) => {
    const fault = (message: string) => [{ path: ['accounts', index, 'id'], message }];
    if (known.clientIds.has(id)) return fault(`\`${id}\` is the id of a client, expected one of its own`);
    const before = idOf.get(username);
    // Usernames may move from one account to another, when the file says of both who they are.
    if (before !== undefined && before !== id && !ids.has(before)) {
      return fault(`account \`${username}\` has the id \`${before}\`, which cannot change`);
    }
    const owner = usernameOf.get(id);
    const isClaimed = owner !== undefined && owner !== username && saidId.has(owner);
    return isClaimed && saidId.get(owner) === undefined ? fault(`\`${id}\` is the id of account \`${owner}\``) : [];
  });
}
