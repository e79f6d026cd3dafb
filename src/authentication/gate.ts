/** Decides whether a login may go on with what it has proved: settings of the community, roles of the account, wishes of the service. */
import type { Account } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { isMultiFactor, isRequiredBy, isRequiredFor, isWished, type LoginPurpose } from './requirement.ts';
import type { SecondFactors } from './second-factors.ts';

/** What was proved, and by whom. */
export interface Proved {
  readonly accountId: string;
  /** Undefined: nothing is known of it. */
  readonly acr: string | undefined;
}

export interface SecondFactorGate {
  /** Whether a login that is going on has to prove a second factor; who has set one up is asked every time. */
  isDueAtLogin(proved: Proved, purpose: LoginPurpose): Promise<boolean>;
  /** Whether a session that is there is too little for a service: what is only wished for is asked of those who have one. */
  isDueInSession(proved: Proved, purpose: LoginPurpose): Promise<boolean>;
  /** Whether this account may not use pages of its own without one. `held`: its roles, and `manager`. */
  isRequiredOnPages(acr: string | undefined, held: ReadonlySet<string>): boolean;
}

export interface GateDeps {
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly factors: Pick<SecondFactors, 'hasFactor'>;
  /** Paths of the groups that the account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
}

export function createSecondFactorGate({ accounts, snapshots, factors, managedBy }: GateDeps): SecondFactorGate {
  const settings = () => snapshots.current().secondFactor;
  const rolesOf = async (account: Account): Promise<ReadonlySet<string>> => {
    const manages = settings().roles.includes('group-manager') && (await managedBy(account.id)).length > 0;
    return new Set([...account.roles, ...(manages ? ['group-manager'] : [])]);
  };
  const isRequired = async (accountId: string, purpose: LoginPurpose): Promise<boolean> => {
    const places = snapshots.current().policy.places.map(({ path, mount }) => ({ path, at: mount.at }));
    if (isRequiredBy(settings(), purpose, places)) return true;
    const account = await accounts.findById(accountId);
    return account !== undefined && isRequiredFor(settings(), await rolesOf(account));
  };
  return {
    isDueAtLogin: async (proved, purpose) =>
      !isMultiFactor(proved) &&
      ((await isRequired(proved.accountId, purpose)) || (await factors.hasFactor(proved.accountId))),
    isDueInSession: async (proved, purpose) => {
      if (isMultiFactor(proved)) return false;
      if (await isRequired(proved.accountId, purpose)) return true;
      return isWished(purpose) && (await factors.hasFactor(proved.accountId));
    },
    isRequiredOnPages: (acr, held) => {
      const roles = new Set([...held].map((role) => (role === 'manager' ? 'group-manager' : role)));
      return !isMultiFactor({ acr }) && isRequiredFor(settings(), roles);
    },
  };
}
